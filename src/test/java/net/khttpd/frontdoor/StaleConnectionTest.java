package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import net.khttpd.frontdoor.harness.BackendConnection;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.ChildServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Pooled connections that are not what they seem: with an answer that nobody asked for, or with a
/// backend that has just given them up.
final class StaleConnectionTest extends FrontDoor {
  private static final int DESCRIPTORS = 256;
  private static final String STRAY = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
  }

  /// The request and the stray answer meet the server in the same turn, in this order.
  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST"})
  void anAnswerThatCameUnaskedIsNobodysAnswer(String method) throws Exception {
    var stray = new CountDownLatch(1);
    var sent = new CountDownLatch(1);
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send(RecordingBackend.OK);
          stray.await();
          c.send(STRAY);
          sent.countDown();
          answerAll(c);
        });
    try (var server =
            new ChildServer(engine, site.root(), DESCRIPTORS, "backend=" + backend.setting());
        var client = new RawClient(server.port())) {
      assertEquals("backend", client.send(Wire.get("/app.cgi")).read().text());
      server.stop();
      client.send(Wire.request(method, "/app.cgi", "Content-Length: 0"));
      stray.countDown();
      sent.await();
      backend.script(StaleConnectionTest::answerAll);
      server.resume();
      var answer = client.read();
      assertNotEquals("evil", answer.text());
      if (method.equals("GET")) {
        assertEquals("backend", answer.text()); // asked again, of a new connection
      }
    }
  }

  private static void answerAll(BackendConnection c) throws IOException {
    while (c.read() != null) {
      c.send(RecordingBackend.OK);
    }
  }

  /// PUT is idempotent, but a body that is on its way cannot be sent a second time.
  @Test
  void anUploadTakesNoConnectionThatHasBeenIdleForLong() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send(RecordingBackend.OK);
          c.head(); // and gives it up
        });
    RawClient client = connect(before(backend));
    assertEquals("backend", client.send(Wire.get("/app.cgi")).read().text());
    client.silentFor(1_100);
    client.send(Wire.request("PUT", "/app.cgi", "Content-Length: 100000"));
    client.send("x".repeat(60_000)).silentFor(100);
    client.send("x".repeat(40_000));
    assertEquals("backend", client.read().text());
  }

  @Test
  void aStaleConnectionIsReplacedAlsoIfNoMoreAreAllowed() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send(RecordingBackend.OK);
          c.head();
        });
    RawClient client = connect(before(backend, "backend_maxconn=1"));
    for (int i = 0; i < 5; i++) {
      assertEquals("backend", client.send(Wire.get("/app.cgi")).read().text());
    }
  }
}
