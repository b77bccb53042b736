package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Semaphore;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Answers and requests without end, such as server-sent events: each piece is there before the
/// next one is made.
final class StreamTest extends FrontDoor {
  private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";
  private static final String CHUNKED = HEAD + "Transfer-Encoding: chunked\r\n\r\n";
  private static final int EVENTS = 20;

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
  }

  /// The backend writes the next event only when the client has the last: any that were kept back
  /// would be waited for in vain. First the head alone.
  @ParameterizedTest
  @ValueSource(strings = {"chunked", "close", "length"})
  void eachEventIsThereBeforeTheNext(String framing) throws Exception {
    var next = new Semaphore(0);
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send(
              switch (framing) {
                case "chunked" -> CHUNKED;
                case "close" -> HEAD + "\r\n";
                default -> HEAD + "Content-Length: 1000000\r\n\r\n";
              });
          for (int i = 0; i < EVENTS; i++) {
            next.acquire();
            String event = "data: " + i + "\n\n";
            c.send(
                framing.equals("chunked")
                    ? Integer.toHexString(event.length()) + "\r\n" + event + "\r\n"
                    : event);
          }
        });
    RawClient client = connect(before(backend)).send(Wire.get("/events.cgi"));
    assertTrue(client.head().startsWith("HTTP/1.1 200 OK\r\n"));
    for (int i = 0; i < EVENTS; i++) {
      next.release();
      String event = "data: " + i + "\n\n";
      if (!framing.equals("length")) {
        event = Integer.toHexString(event.length()) + "\r\n" + event + "\r\n";
      }
      assertEquals(event, Wire.text(client.exactly(event.length())));
    }
  }

  @Test
  void anHttp10ClientGetsTheEventsAsTheyAre() throws Exception {
    var next = new Semaphore(0);
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send(CHUNKED + "3\r\na\n\n\r\n");
          next.acquire();
          c.send("3\r\nb\n\n\r\n0\r\n\r\n").awaitEnd();
        });
    RawClient client = connect(before(backend)).send("GET /events.cgi HTTP/1.0\r\n\r\n");
    assertFalse(client.head().contains("chunked"));
    assertEquals("a\n\n", Wire.text(client.exactly(3)));
    next.release();
    assertEquals("b\n\n", Wire.text(client.toEnd()));
  }

  /// A comment now and then is enough; without, the backend counts as silent.
  @Test
  void commentsKeepAStreamAlive() throws Exception {
    var next = new Semaphore(0);
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send(CHUNKED);
          while (true) {
            next.acquire();
            c.send("3\r\n:\n\n\r\n");
          }
        });
    RawClient client =
        connect(before(backend, "timeout_backend=0.4", "timeout_idle=0.1", "timeout_send=0.1"))
            .send(Wire.get("/events.cgi"));
    client.head();
    for (int i = 0; i < 6; i++) {
      assertTrue(client.silentFor(100));
      next.release();
      assertEquals("3\r\n:\n\n\r\n", Wire.text(client.exactly(8)));
    }
    client.assertGone();
  }

  /// Both directions at once, each piece answered before the next is sent.
  @Test
  void aRequestWithoutEndIsAnsweredWhileItIsBeingSent() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.head();
          c.send(CHUNKED);
          for (int i = 0; i < EVENTS; i++) {
            c.send(c.exactly("1\r\nx\r\n".length()));
          }
          c.exactly("0\r\nX-Sum: 20\r\n\r\n".length());
          c.send("0\r\nX-Sum: 20\r\n\r\n").awaitEnd();
        });
    RawClient client = connect(before(backend));
    client.send("POST /echo.cgi HTTP/1.1\r\nHost: f\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.head();
    for (int i = 0; i < EVENTS; i++) {
      assertEquals("1\r\nx\r\n", Wire.text(client.send("1\r\nx\r\n").exactly(6)));
    }
    client.send("0\r\nX-Sum: 20\r\n\r\n");
    assertEquals("0\r\nX-Sum: 20\r\n\r\n", Wire.text(client.exactly(16)));
    client.assertGone(); // when the answer began, nobody knew whether the request would end
  }

  @Test
  void trailersOfAnAnswerAreForwardedSaveTheForbidden() throws Exception {
    RecordingBackend backend =
        backend(
            RecordingBackend.fixed(
                "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "1\r\nx\r\n0\r\nX-Sum: abc\r\nContent-Length: 9\r\nSet-Cookie: a=b\r\n\r\n"));
    RawClient client = connect(before(backend));
    client.send(Wire.get("/app.cgi", "TE: trailers, deflate", "Connection: TE"));
    assertTrue(client.head().contains("\r\nTrailer: X-Sum\r\n"));
    String rest = "1\r\nx\r\n0\r\nX-Sum: abc\r\n\r\n";
    assertEquals(rest, Wire.text(client.exactly(rest.length())));
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
  }
}
