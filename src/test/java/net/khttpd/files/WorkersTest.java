package net.khttpd.files;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// The bounded lines before the file systems.
final class WorkersTest {
  private final AtomicBoolean exhausted = new AtomicBoolean();
  private final Workers workers = new Workers(this::newThread);

  private Thread newThread(Runnable work) {
    if (exhausted.get()) {
      throw new OutOfMemoryError("unable to create native thread");
    }
    return Thread.ofPlatform().daemon().unstarted(work);
  }

  /// A limit on processes (pids.max, RLIMIT_NPROC) refuses operations; it must not use up the line.
  @Test
  void aSystemWithoutThreadsRefusesAndIsUsedAgainLater() throws Exception {
    exhausted.set(true);
    for (int i = 0; i < 2 * Workers.PER_FILE_SYSTEM; i++) {
      assertFalse(workers.submit("/", () -> {}));
      assertFalse(workers.trySubmit(() -> {}));
    }
    exhausted.set(false);
    var ran = new CountDownLatch(1);
    assertTrue(workers.submit("/", ran::countDown));
    assertTrue(ran.await(10, TimeUnit.SECONDS));
  }

  /// What had to wait while no thread was to be had goes with the next that begins.
  @Test
  void whatWaitsGoesOnWithTheThreadsThatRun() throws Exception {
    var hold = new CountDownLatch(1);
    var running = new CountDownLatch(Workers.PER_FILE_SYSTEM);
    for (int i = 0; i < Workers.PER_FILE_SYSTEM; i++) {
      assertTrue(
          workers.submit(
              "/",
              () -> {
                running.countDown();
                awaitQuietly(hold);
              }));
    }
    assertTrue(running.await(10, TimeUnit.SECONDS));
    exhausted.set(true);
    var waited = new CountDownLatch(3);
    for (int i = 0; i < 3; i++) {
      assertTrue(workers.submit("/", waited::countDown));
    }
    hold.countDown();
    assertTrue(waited.await(10, TimeUnit.SECONDS));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
