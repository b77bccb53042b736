package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import net.khttpd.client.Counter;
import net.khttpd.frontdoor.harness.BackendConnection;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.RecordingBackend.Script;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// A tunnel after a 101: its ends, its deadline, back-pressure, and what is counted.
final class TunnelTest extends FrontDoor {
  private static Script switching(Script then) {
    return c -> {
      c.read();
      c.send(UpgradeTest.SWITCHED);
      then.serve(c);
    };
  }

  private RawClient open(FrontServer server) throws Exception {
    RawClient client = connect(server).send(UpgradeTest.WEB_SOCKET);
    assertEquals(UpgradeTest.SWITCHED, client.head());
    return client;
  }

  private void await(FrontServer server, Counter counter, long value) throws Exception {
    new LiveServer(this, server, site).await(() -> server.count(counter) == value);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void theClientsEndIsPassedOnAndTheBackendGoesOn() throws Exception {
    RecordingBackend backend =
        backend(switching(c -> c.send("after: " + Wire.text(c.toEnd())).send(" and the end")));
    RawClient client = open(before(backend)).send("last words").endOutput();
    assertEquals("after: last words and the end", Wire.text(client.toEnd()));
    client.assertClosed();
  }

  @Test
  void theBackendsEndIsPassedOnAndTheClientGoesOn() throws Exception {
    var heard = new CountDownLatch(1);
    RecordingBackend backend =
        backend(
            switching(c -> {
              c.send("bye").endOutput();
              if (Wire.text(c.toEnd()).equals("still here")) {
                heard.countDown();
              }
            }));
    FrontServer server = before(backend);
    RawClient client = open(server);
    assertEquals("bye", Wire.text(client.toEnd()));
    client.send("still ").send("here").endOutput();
    heard.await();
    await(server, Counter.TUNNELS_NOW, 0);
    await(server, Counter.CONNECTIONS_NOW, 0);
  }

  @Test
  void anEndRightBehindTheHeadsIsPassedOn() throws Exception {
    RecordingBackend backend = backend(switching(c -> c.send(c.toEnd())));
    RawClient client = connect(before(backend)).send(UpgradeTest.WEB_SOCKET + "all").endOutput();
    assertEquals(UpgradeTest.SWITCHED, client.head());
    assertEquals("all", Wire.text(client.toEnd()));
  }

  @Test
  void aResetIsNoEnd() throws Exception {
    var reset = new CountDownLatch(1);
    RecordingBackend backend =
        backend(
            switching(c -> {
              c.exactly(1);
              c.reset();
              reset.countDown();
            }));
    RawClient client = open(before(backend)).send("x");
    reset.await();
    assertThrows(AssertionError.class, client::assertClosed);
  }

  @Test
  void aResetOfTheClientIsNoEndForTheBackend() throws Exception {
    var reset = new CompletableFuture<Boolean>();
    RecordingBackend backend =
        backend(
            switching(c -> {
              c.awaitEnd();
              reset.complete(c.wasReset());
            }));
    FrontServer server = before(backend);
    open(server).reset();
    assertTrue(reset.get());
    await(server, Counter.TUNNELS_NOW, 0);
  }

  @Test
  void muchGoesBothWaysAtOnce() throws Exception {
    byte[] up = random(6 << 20);
    byte[] down = random((6 << 20) + 1);
    var received = new byte[1][];
    var done = new CountDownLatch(1);
    RecordingBackend backend =
        backend(
            switching(c -> {
              Thread sending =
                  Thread.ofVirtual()
                      .start(() -> {
                        try {
                          c.send(down).endOutput();
                        } catch (IOException e) {
                          throw new AssertionError(e);
                        }
                      });
              received[0] = c.toEnd();
              done.countDown();
              sending.join(); // the connection is closed when this returns
            }));
    RawClient client = open(before(backend));
    Thread sending = Thread.ofVirtual().start(() -> sendAndEnd(client, up));
    assertArrayEquals(down, client.toEnd());
    sending.join();
    done.await();
    assertArrayEquals(up, received[0]);
  }

  private static void sendAndEnd(RawClient client, byte[] bytes) {
    try {
      client.send(bytes).endOutput();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Whoever does not read stops whoever writes, after what sockets and two pieces of ours hold.
  @Test
  void aSideThatDoesNotReadStopsTheOther() throws Exception {
    var written = new AtomicLong();
    var read = new CountDownLatch(1);
    byte[] piece = random(64 << 10);
    RecordingBackend backend =
        backend(
            switching(c -> {
              Thread.ofVirtual().start(() -> writeOn(c, piece, written));
              read.await();
              c.awaitEnd();
            }));
    FrontServer server = before(backend);
    RawClient client = own(new RawClient(server.port(), 4096)).send(UpgradeTest.WEB_SOCKET);
    client.head();
    var sent = new AtomicLong();
    Thread.ofVirtual().start(() -> writeOn(client, piece, sent));
    awaitStanding(written);
    awaitStanding(sent);
    read.countDown();
    client.skip(1 << 20);
    long stood = sent.get();
    new LiveServer(this, server, site).await(() -> sent.get() > stood);
  }

  private static void awaitStanding(AtomicLong bytes) throws Exception {
    long before = -1;
    for (int i = 0; i < 100 && before != bytes.get(); i++) {
      before = bytes.get();
      long end = System.nanoTime() + 200_000_000;
      while (System.nanoTime() < end && before == bytes.get()) {
        Thread.onSpinWait();
      }
    }
    assertTrue(before > 0 && before < 64 << 20, before + " of 256 MiB were taken");
  }

  private static void writeOn(BackendConnection c, byte[] piece, AtomicLong written) {
    try {
      for (int i = 0; i < 4096; i++) {
        c.send(piece);
        written.addAndGet(piece.length);
      }
    } catch (IOException ended) {
      return; // the test is over
    }
  }

  private static void writeOn(RawClient c, byte[] piece, AtomicLong written) {
    try {
      for (int i = 0; i < 4096; i++) {
        c.send(piece);
        written.addAndGet(piece.length);
      }
    } catch (IOException ended) {
      return; // the test is over
    }
  }

  @Test
  void aTunnelOutlivesTheDeadlinesOfRequests() throws Exception {
    RecordingBackend backend = backend(UpgradeTest.ECHO);
    RawClient client =
        open(
            before(
                backend,
                "timeout_backend=0.2",
                "timeout_idle=0.2",
                "timeout_send=0.2",
                "timeout_head=0.2"));
    assertTrue(client.silentFor(500));
    assertEquals("x", Wire.text(client.send("x").exactly(1)));
  }

  @Test
  void aSilentTunnelEnds() throws Exception {
    RecordingBackend backend = backend(UpgradeTest.ECHO);
    FrontServer server = before(backend, "timeout_tunnel=0.3");
    RawClient client = open(server);
    assertEquals("x", Wire.text(client.send("x").exactly(1)));
    client.assertClosed();
    new LiveServer(this, server, site).await(() -> backend.open() == 0);
    assertEquals(1, server.count(Counter.TIMEOUTS));
  }

  @Test
  void bytesOfEitherSideKeepItAlive() throws Exception {
    RecordingBackend backend = backend(switching(c -> c.send(c.exactly(8)).awaitEnd()));
    RawClient client = open(before(backend, "timeout_tunnel=0.5"));
    for (int i = 0; i < 8; i++) {
      assertTrue(client.silentFor(100));
      client.send("x");
    }
    assertEquals("xxxxxxxx", Wire.text(client.exactly(8)));
  }

  @Test
  void tunnelsAreCountedAndLogged() throws Exception {
    RecordingBackend backend = backend(UpgradeTest.ECHO);
    var log = site.outside().resolve("tunnel" + engine + ".log");
    FrontServer server = before(backend, "logging=1", "access_log=" + log);
    RawClient client = open(server);
    assertEquals(1, server.count(Counter.TUNNELS_NOW));
    assertEquals("hello", Wire.text(client.send("hello").exactly(5)));
    client.endOutput().assertGone();
    await(server, Counter.TUNNELS_NOW, 0);
    assertEquals(1, server.count(Counter.TUNNELS));
    new LiveServer(this, server, site)
        .awaitText("tunnel" + engine + ".log", "\"GET /chat HTTP/1.1\" 101 5");
  }

  /// A thousand open WebSockets must not keep every request waiting.
  @Test
  void aTunnelTakesNoPlaceOfBackendMaxconn() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          for (var r = c.read(); r != null; r = c.read()) {
            if (r.has("Upgrade")) {
              c.send(UpgradeTest.SWITCHED).awaitEnd();
              return;
            }
            c.send(RecordingBackend.OK);
          }
        });
    FrontServer server = before(backend, "backend_maxconn=1", "backend_queue_timeout=5");
    for (int i = 0; i < 3; i++) {
      open(server);
      assertEquals("backend", connect(server).send(Wire.get("/app.cgi")).read().text());
    }
    assertEquals(3, server.count(Counter.TUNNELS_NOW));
  }
}
