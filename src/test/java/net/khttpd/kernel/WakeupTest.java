package net.khttpd.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// An eventfd that many threads signal at once wakes every time.
final class WakeupTest {
  private static final int THREADS = 8;
  private static final int SIGNALS = 2_000;

  @Test
  void noSignalOfManyThreadsIsLost() throws Exception {
    var posted = new AtomicInteger();
    try (var wakeup = new Wakeup();
        var epoll = new Epoll(4)) {
      epoll.add(wakeup.descriptor(), Epoll.EPOLLIN, 42);
      var threads = new ArrayList<Thread>();
      for (int i = 0; i < THREADS; i++) {
        threads.add(Thread.ofPlatform().start(() -> signal(wakeup, posted)));
      }
      int seen = 0;
      while (seen < THREADS * SIGNALS) {
        assertEquals(1, epoll.await(5_000_000_000L), "a signal was lost after " + seen);
        assertEquals(42, epoll.data(0));
        wakeup.drain();
        seen = posted.get();
      }
      for (Thread thread : threads) {
        assertTrue(thread.join(java.time.Duration.ofSeconds(5)));
      }
    }
  }

  @Test
  void aSignalAfterTheEndDoesNothing() {
    var wakeup = new Wakeup();
    wakeup.close();
    wakeup.signal();
    wakeup.close();
  }

  private static void signal(Wakeup wakeup, AtomicInteger posted) {
    for (int i = 0; i < SIGNALS; i++) {
      posted.incrementAndGet();
      wakeup.signal();
    }
  }
}
