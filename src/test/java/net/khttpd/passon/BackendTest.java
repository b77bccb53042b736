package net.khttpd.passon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.log.EventLog;
import net.khttpd.settings.BackendAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class BackendTest {
  private final List<SocketAddress> addresses = List.of(address(1), address(2), address(3));
  private final EventLog log =
      new EventLog(OutputStream.nullOutputStream(), InstantSource.system());
  private final Backend backend =
      new Backend(new BackendAddress.Tcp("b", 1), new byte[0], addresses, log);

  @AfterEach
  void closeLog() {
    log.close();
  }

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
  void theAddressThatWorkedComesFirst() {
    assertEquals(0, backend.preferred(addresses));
    backend.connected(addresses, 1);
    assertEquals(1, backend.preferred(addresses));
    backend.connected(addresses, 1); // that of a connection which was begun before
    assertEquals(1, backend.preferred(addresses));
    backend.connected(addresses, 0);
    assertEquals(0, backend.preferred(addresses));
  }

  @Test
  void oldAddressesSayNothingOfTheNew() {
    backend.moved(List.of(address(4), address(5)));
    backend.connected(addresses, 2);
    assertEquals(0, backend.preferred(backend.addresses()));
  }

  @Test
  void addressesThatStayAreTheSameObjectsAfterALookUp() throws Exception {
    var one = InetAddress.ofLiteral("10.0.0.1");
    var two = InetAddress.ofLiteral("10.0.0.2");
    var six = InetAddress.ofLiteral("fd00::1");
    List<SocketAddress> first = Names.take(List.of(one, two), 80, List.of());
    assertSame(first, Names.take(List.of(two, one), 80, first));
    List<SocketAddress> second = Names.take(List.of(six, two), 80, first);
    assertEquals(six, second.get(0).host());
    assertSame(first.get(1), second.get(1));
  }

  private static SocketAddress address(int port) {
    return SocketAddress.of(InetAddress.getLoopbackAddress(), port);
  }
}
