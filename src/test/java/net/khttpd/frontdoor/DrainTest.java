package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// A stop lets what is under way end, within `drain`, and takes nothing new (L6, L7 of the
/// original's faults).
final class DrainTest extends FrontDoor {
  private static final int LARGE = 30 << 20;

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha").sparse("large.txt", LARGE);
  }

  private FrontServer start(String... settings) {
    return FrontServer.start(engine, site.root(), List.of(settings));
  }

  /// Begins to stop, and returns once nobody is accepted any more.
  private static Thread stop(FrontServer server) throws IOException {
    Thread stopping = Thread.ofVirtual().start(server::close);
    long end = System.nanoTime() + 10_000_000_000L;
    boolean accepted = true;
    while (accepted && System.nanoTime() < end) {
      try (RawClient client = new RawClient(server.port())) {
        client.sendIfItListens(Wire.bytes(Wire.get("/a.txt")));
      } catch (ConnectException refused) {
        accepted = false;
      } catch (SocketException reset) {
        continue; // the listener closed between the handshake and our look at it
      }
    }
    assertTrue(!accepted, "still accepting");
    return stopping;
  }

  @Test
  void aDownloadUnderWayIsCompleted() throws Exception {
    FrontServer server = start("drain=10");
    RawClient client = connect(server).send(Wire.get("/large.txt"));
    client.head();
    assertEquals(1 << 20, client.skip(1 << 20));
    Thread stopping = stop(server);
    assertEquals(LARGE - (1 << 20), client.skip(LARGE - (1 << 20)));
    client.assertGone();
    stopping.join();
  }

  @Test
  void aRequestWithABackendIsAnsweredAndToldThatItWasTheLast() throws Exception {
    var release = new CountDownLatch(1);
    RecordingBackend backend =
        backend(c -> {
          c.read();
          release.await();
          c.send(RecordingBackend.OK);
          c.awaitEnd();
        });
    FrontServer server = start("drain=10", "backend=" + backend.setting());
    RawClient client = connect(server).send(Wire.get("/app.cgi"));
    backend.take();
    Thread stopping = stop(server);
    release.countDown();
    Answer answer = client.read();
    assertEquals("backend", answer.text());
    assertTrue(answer.saysClose(), answer::toString);
    client.assertGone();
    stopping.join();
  }

  @Test
  void idleConnectionsAreClosedAtOnce() throws Exception {
    FrontServer server = start("drain=60");
    RawClient used = connect(server).send(Wire.get("/a.txt"));
    used.read();
    RawClient unused = connect(server);
    assertEquals("alpha", connect(server).send(Wire.get("/a.txt")).read().text());
    Thread stopping = stop(server);
    used.assertGone();
    unused.assertGone();
    stopping.join();
  }

  @Test
  void whatDoesNotEndInTimeIsCut() throws Exception {
    FrontServer server = start("drain=0.3");
    RawClient client = own(new RawClient(server.port(), 4096)).send(Wire.get("/large.txt"));
    client.head();
    server.close();
    assertTrue(client.skip(LARGE) < LARGE);
    assertThrows(ConnectException.class, () -> new RawClient(server.port()));
  }
}
