package net.khttpd.passon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.khttpd.kernel.SocketAddress;
import org.junit.jupiter.api.Test;

final class BackendTest {
  private static final long SECOND = 1_000_000_000L;

  private final List<SocketAddress> addresses = List.of(address(1), address(2), address(3));
  private final Backend backend = new Backend("b:1", new byte[0], addresses);

  @Test
  void thereAreNeverMoreConnectionsThanAllowed() throws Exception {
    var opened = new AtomicInteger();
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int n = 0; n < 10_000; n++) {
                  if (backend.tryOpen(100)) {
                    opened.incrementAndGet();
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(100, opened.get());
    assertEquals(100, backend.open());
    backend.closed();
    assertTrue(backend.tryOpen(100));
  }

  @Test
  void aFailedBackendRestsForAWhile() {
    assertFalse(backend.resting(0));
    backend.failed(5 * SECOND);
    assertTrue(backend.resting(6 * SECOND));
    assertFalse(backend.resting(8 * SECOND));
    backend.failed(10 * SECOND);
    backend.connected(0);
    assertFalse(backend.resting(10 * SECOND));
  }

  @Test
  void theAddressThatWorkedComesFirst() {
    assertSame(addresses.get(0), backend.address(0));
    backend.connected(1);
    assertSame(addresses.get(1), backend.address(0));
    assertSame(addresses.get(0), backend.address(2));
  }

  private static SocketAddress address(int port) {
    return SocketAddress.of(InetAddress.getLoopbackAddress(), port);
  }
}
