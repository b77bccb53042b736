package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Received;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.RecordingBackend.Script;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Upgrade, end to end: what the backend is asked for, what the client is told, and when the
/// connection becomes a tunnel (S21 of the attacks: never before a 101).
final class UpgradeTest extends FrontDoor {
  static final String WEB_SOCKET =
      Wire.get(
          "/chat",
          "Connection: keep-alive, Upgrade",
          "Upgrade: websocket",
          "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
  static final String SWITCHED =
      "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
          + "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

  /// Switches, then says everything again.
  static final Script ECHO =
      c -> {
        c.read();
        c.send(SWITCHED);
        for (byte[] octet = c.exactly(1); ; octet = c.exactly(1)) {
          c.send(octet);
        }
      };

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
  }

  private Received pass(String request) throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    assertEquals("backend", connect(before(backend)).send(request).read().text());
    return backend.take();
  }

  @Test
  void aWebSocketIsOpenedAndCarriesBytesBothWays() throws Exception {
    RecordingBackend backend = backend(ECHO);
    RawClient client = connect(before(backend)).send(WEB_SOCKET);
    assertEquals(SWITCHED, client.head());
    Received request = backend.take();
    assertEquals("websocket", request.field("Upgrade").orElseThrow());
    assertEquals("Upgrade", request.field("Connection").orElseThrow());
    assertEquals("13", request.field("Sec-WebSocket-Version").orElseThrow());
    for (String said : List.of("\u0081\u0003abc", "x", "GET /a.txt HTTP/1.1\r\nHost: f\r\n\r\n")) {
      assertEquals(said, Wire.text(client.send(said).exactly(said.length())));
    }
  }

  @Test
  void whatComesWithBothHeadsIsOfTheTunnel() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send(SWITCHED + "first");
          c.send(c.exactly(Wire.get("/a.txt").length()));
          c.awaitEnd();
        });
    RawClient client = connect(before(backend)).send(WEB_SOCKET + Wire.get("/a.txt"));
    assertEquals(SWITCHED, client.head());
    assertEquals("first", Wire.text(client.exactly(5)));
    assertEquals(Wire.get("/a.txt"), Wire.text(client.exactly(Wire.get("/a.txt").length())));
  }

  /// S21: bytes behind the head are the next request, as long as no backend has switched.
  @Test
  void withoutA101TheNextRequestIsOurs() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    String foo = Wire.get("/app.cgi", "Connection: upgrade", "Upgrade: foo");
    RawClient client = connect(before(backend)).send(foo + Wire.get("/a.txt") + foo);
    assertEquals("backend", client.read().text());
    assertEquals("alpha", client.read().text());
    assertEquals("backend", client.read().text());
    assertEquals("foo", backend.take().field("Upgrade").orElseThrow());
    assertFalse(Wire.text(backend.received()).contains("/a.txt"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Nothing: 1",
        "Upgrade: websocket",
        "Connection: upgrade\r\nUpgrade: h2c",
        "Connection: upgrade\r\nUpgrade: foo, bar/2"
      })
  void a101ThatNobodyAskedForIs502(String field) throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send(SWITCHED + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
          c.awaitEnd();
        });
    RawClient client = connect(before(backend)).send(Wire.get("/app.cgi", field));
    Answer answer = client.read();
    assertEquals(502, answer.status());
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
  }

  @Test
  void a101WithoutUpgradeOrToHttp2Is502() throws Exception {
    for (String upgrade : List.of("", "Upgrade: h2c\r\n", "Upgrade: websocket, h2c\r\n")) {
      RecordingBackend backend =
          backend(c -> {
            c.read();
            c.send(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n" + upgrade + "\r\n");
            c.awaitEnd();
          });
      assertEquals(502, connect(before(backend)).send(WEB_SOCKET).read().status());
    }
  }

  @Test
  void http2IsNeverAskedFor() throws Exception {
    Received request =
        pass(
            Wire.get(
                "/app.cgi",
                "Connection: Upgrade, HTTP2-Settings",
                "Upgrade: h2c",
                "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"));
    for (String name : List.of("Upgrade", "Connection", "HTTP2-Settings")) {
      assertFalse(request.has(name), name);
    }
    request =
        pass(
            Wire.get(
                "/app.cgi",
                "Connection: Upgrade",
                "Upgrade: H2C, foo/1 ,HTTP/2.0",
                "Upgrade: bar"));
    assertEquals("foo/1, bar", request.field("Upgrade").orElseThrow());
    assertEquals("Upgrade", request.field("Connection").orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /app.cgi HTTP/1.1\r\nHost: f\r\nUpgrade: websocket\r\n\r\n",
        "GET /app.cgi HTTP/1.1\r\nHost: f\r\nConnection: close\r\nUpgrade: websocket\r\n\r\n",
        "GET /app.cgi HTTP/1.1\r\nHost: f\r\nConnection: upgrade\r\nUpgrade: web socket\r\n\r\n",
        "GET /app.cgi HTTP/1.1\r\nHost: f\r\nConnection: upgrade\r\nUpgrade: foo/\r\n\r\n",
        "GET /app.cgi HTTP/1.0\r\nHost: f\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
      })
  void anUpgradeThatIsNoneStaysBehind(String request) throws Exception {
    assertFalse(pass(request).has("Upgrade"));
  }

  /// Docker's clients send the parameters of the stream as a body.
  @Test
  void aRequestWithABodyMayUpgrade() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nready");
          c.send(c.exactly(4));
          c.awaitEnd();
        });
    RawClient client = connect(before(backend));
    client.send(
        "POST /exec HTTP/1.1\r\nHost: f\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
            + "Content-Length: 5\r\n\r\n{tty}ping");
    assertTrue(client.head().startsWith("HTTP/1.1 101 UPGRADED\r\n"));
    assertEquals("readyping", Wire.text(client.exactly(9)));
    assertEquals("{tty}", backend.take().text());
  }

  @Test
  void a101InTheMiddleOfTheBodyIs502() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.head();
          c.send(SWITCHED);
          c.awaitEnd();
        });
    RawClient client = connect(before(backend));
    client.send(
        "POST /chat HTTP/1.1\r\nHost: f\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Content-Length: 10\r\n\r\nhello");
    assertEquals(502, client.read().status());
  }

  @Test
  void upgradeRequiredTellsToWhat() throws Exception {
    RecordingBackend backend =
        backend(
            RecordingBackend.fixed(
                "HTTP/1.1 426 Upgrade Required\r\nUpgrade: foo/2\r\nConnection: Upgrade\r\n"
                    + "Content-Length: 0\r\n\r\n"));
    Answer answer = connect(before(backend)).send(Wire.get("/app.cgi")).read();
    assertEquals("foo/2", answer.field("Upgrade").orElseThrow());
    assertEquals("Upgrade", answer.field("Connection").orElseThrow());
  }

  @Test
  void trailersAreWelcomeAmongOtherCodings() throws Exception {
    for (String te : List.of("trailers", "trailers, deflate;q=0.5", "deflate ,TRAILERS")) {
      Received request = pass(Wire.get("/app.cgi", "TE: " + te, "Connection: TE"));
      assertEquals("trailers", request.field("TE").orElseThrow());
      assertEquals("TE", request.field("Connection").orElseThrow());
    }
    assertFalse(pass(Wire.get("/app.cgi", "TE: deflate", "Connection: TE")).has("TE"));
    Received both =
        pass(Wire.get("/app.cgi", "TE: trailers", "Connection: TE, Upgrade", "Upgrade: foo"));
    assertEquals("trailers", both.field("TE").orElseThrow());
    assertEquals("Upgrade, TE", both.field("Connection").orElseThrow());
  }
}
