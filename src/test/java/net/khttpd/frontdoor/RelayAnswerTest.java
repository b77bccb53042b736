package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A backend's answer in each framing, to clients of each version.
final class RelayAnswerTest extends FrontDoor {
  private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
  }

  private RawClient through(String response) throws Exception {
    return connect(before(backend(RecordingBackend.fixed(response))));
  }

  private void assertGoesOn(RawClient client) throws Exception {
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
    assertEquals(200, client.send(Wire.get("/app.cgi")).read().status());
  }

  @Test
  void aLengthIsKept() throws Exception {
    RawClient client = through(RecordingBackend.OK);
    Answer answer = client.send(Wire.get("/app.cgi")).read();
    assertEquals("HTTP/1.1 200 OK", answer.statusLine());
    assertEquals("7", answer.field("Content-Length").orElseThrow());
    assertEquals("text/plain", answer.field("Content-Type").orElseThrow());
    assertGoesOn(client);
  }

  @Test
  void chunksArriveAsTheSameBody() throws Exception {
    RawClient client = through(CHUNKED + "3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n");
    Answer answer = client.send(Wire.get("/app.cgi")).read();
    assertEquals("abc0123456789abcdef", answer.text());
    assertTrue(answer.complete());
    assertFalse(answer.has("Content-Length"));
    assertGoesOn(client);
  }

  @Test
  void chunksAreSentOnAsTheyCome() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send(CHUNKED + "3\r\nabc\r\n");
          c.stall();
        });
    RawClient client = connect(before(backend)).send(Wire.get("/app.cgi"));
    assertTrue(client.head().startsWith("HTTP/1.1 200 "));
    assertEquals("3\r\nabc\r\n", Wire.text(client.exactly(8)));
  }

  @Test
  void anAnswerDelimitedByCloseArrivesWholeAndIsKnownToBeWhole() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send("HTTP/1.1 200 OK\r\n\r\nuntil the end");
        });
    RawClient client = connect(before(backend));
    Answer answer = client.send(Wire.get("/app.cgi")).read();
    assertEquals("until the end", answer.text());
  }

  @Test
  void anHttp10BackendIsUnderstood() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold");
        });
    RawClient client = connect(before(backend));
    for (int i = 0; i < 3; i++) {
      Answer answer = client.send(Wire.get("/app.cgi")).read();
      assertEquals("old", answer.text());
      assertTrue(answer.statusLine().startsWith("HTTP/1.1 "), answer::toString);
    }
    assertEquals(3, backend.accepted());
  }

  @Test
  void anHttp10ClientGetsChunksDecodedAndEndedByClose() throws Exception {
    RawClient client = through(CHUNKED + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    client.send("GET /app.cgi HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    String head = client.head();
    assertFalse(head.toLowerCase().contains("transfer-encoding"), head);
    assertEquals("abcde", Wire.text(client.toEnd()));
  }

  @Test
  void anHttp10ClientMayKeepTheConnectionWhenTheLengthIsKnown() throws Exception {
    RawClient client = through(RecordingBackend.OK);
    for (int i = 0; i < 2; i++) {
      client.send("GET /app.cgi HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      assertEquals("backend", client.read().text());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n"
      })
  void anAnswerWithoutABodyEndsWithItsHead(String response) throws Exception {
    RawClient client = through(response);
    for (int i = 0; i < 2; i++) {
      client.send(Wire.get("/app.cgi"));
      assertTrue(client.head().startsWith(response.substring(0, 12)));
      assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
    }
  }

  @Test
  void fieldsArriveInOrderAndUnchanged() throws Exception {
    RawClient client =
        through(
            "HTTP/1.1 418 I'm a teapot\r\nX-One: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
                + "X-High: \u00e9\u00ff\r\nX_Under: y\r\nContent-Length: 0\r\n\r\n");
    Answer answer = client.send(Wire.get("/app.cgi")).read();
    assertEquals("HTTP/1.1 418 I'm a teapot", answer.statusLine());
    assertEquals(List.of("a=1", "b=2"), answer.all("Set-Cookie"));
    assertEquals("\u00e9\u00ff", answer.field("X-High").orElseThrow());
    assertEquals("y", answer.field("X_Under").orElseThrow());
  }

  @Test
  void hopByHopFieldsOfTheBackendStayBehind() throws Exception {
    RawClient client =
        through(
            "HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=9\r\n"
                + "X-End: 1\r\nContent-Length: 0\r\n\r\n");
    Answer answer = client.send(Wire.get("/app.cgi")).read();
    assertFalse(answer.has("X-Hop"));
    assertFalse(answer.has("Keep-Alive"));
    assertTrue(answer.has("X-End"));
    assertFalse(answer.saysClose());
  }

  @Test
  void aBackendThatClosesDoesNotCloseTheClient() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
        });
    RawClient client = connect(before(backend));
    for (int i = 0; i < 3; i++) {
      Answer answer = client.send(Wire.get("/app.cgi")).read();
      assertEquals("hi", answer.text());
      assertFalse(answer.saysClose());
    }
    assertEquals(3, backend.accepted());
  }

  @Test
  void aLargeAnswerArrivesByteForByteToASlowReader() throws Exception {
    byte[] body = new byte[20 << 20];
    new Random(1).nextBytes(body);
    RecordingBackend backend =
        backend(c -> {
          while (c.read() != null) {
            c.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
            c.send(body);
          }
        });
    RawClient client = own(new RawClient(before(backend).port(), 8192));
    assertArrayEquals(body, client.send(Wire.get("/app.cgi")).read().body());
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
  }

  @Test
  void trailersOfAnAnswerDoNotHarmTheNext() throws Exception {
    RawClient client = through(CHUNKED + "2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n");
    assertEquals("hi", client.send(Wire.get("/app.cgi")).read().text());
    assertGoesOn(client);
  }

  @Test
  void aCutAnswerIsCutForTheClientToo() throws Exception {
    for (String begun :
        List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
            CHUNKED + "3\r\nabc\r\n",
            CHUNKED + "9\r\nabc")) {
      RecordingBackend backend =
          backend(c -> {
            c.read();
            c.send(begun);
          });
      RawClient client = connect(before(backend)).send(Wire.get("/app.cgi") + Wire.get("/a.txt"));
      Answer answer = client.read();
      assertFalse(answer.complete(), answer::toString);
      client.assertGone();
    }
  }
}
