package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.khttpd.frontdoor.harness.AfterEngine;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Received;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a backend receives of a request that is passed on.
final class RelayRequestTest extends FrontDoor {
  private RecordingBackend backend;

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
    backend = RecordingBackend.ok();
  }

  @AfterEngine
  void stopBackend() throws Exception {
    backend.close();
  }

  @BeforeEach
  void forget() {
    backend.forget();
  }

  private Received pass(String request) throws Exception {
    RawClient client = connect(before(backend)).send(request);
    assertEquals("backend", client.read().text());
    return backend.take();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/app.cgi?a=b&c=%2F..%2f",
        "/%7Euser/%41.cgi",
        "/a;b=c/d.cgi",
        "/absent/../x.cgi",
        "//double//slash.cgi",
        "/x.cgi?",
        "/x.cgi??y=[1]|2",
        "/caf%C3%A9.cgi"
      })
  void theTargetIsNotTouched(String target) throws Exception {
    assertEquals("GET " + target + " HTTP/1.1", pass(Wire.get(target)).requestLine());
  }

  @Test
  void fieldsOfTheClientAreKept() throws Exception {
    Received received =
        pass(Wire.get("/app.cgi", "Accept: */*", "Cookie: a=1", "Cookie: b=2", "X-Empty:"));
    assertEquals("front.test", received.field("Host").orElseThrow());
    assertEquals("*/*", received.field("Accept").orElseThrow());
    assertEquals(List.of("a=1", "b=2"), received.all("Cookie"));
    assertEquals("", received.field("X-Empty").orElseThrow());
  }

  @Test
  void hopByHopFieldsStayBehind() throws Exception {
    Received received =
        pass(
            Wire.get(
                "/app.cgi",
                "Connection: keep-alive, X-Hop",
                "X-Hop: 1",
                "Keep-Alive: timeout=5",
                "Proxy-Connection: keep-alive",
                "TE: gzip",
                "Upgrade: websocket",
                "Proxy: http://evil.test"));
    for (String name :
        List.of("X-Hop", "Keep-Alive", "Proxy-Connection", "TE", "Upgrade", "Proxy")) {
      assertFalse(received.has(name), name);
    }
  }

  @Test
  void theBackendIsToldWhoAsked() throws Exception {
    Received received =
        pass(
            Wire.get(
                "/app.cgi",
                "X-Forwarded-For: 6.6.6.6",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: evil.test",
                "Forwarded: for=6.6.6.6"));
    assertEquals("127.0.0.1", received.field("X-Forwarded-For").orElseThrow());
    assertEquals("http", received.field("X-Forwarded-Proto").orElseThrow());
    assertEquals("front.test", received.field("X-Forwarded-Host").orElseThrow());
    assertFalse(received.head().contains("6.6.6.6"), received.head());
  }

  @Test
  void aTrustedPeerIsAppendedTo() throws Exception {
    RawClient client = connect(before(backend, "trust=127.0.0.1"));
    client.send(Wire.get("/app.cgi", "X-Forwarded-For: 6.6.6.6", "X-Forwarded-Proto: https"));
    assertEquals("backend", client.read().text());
    Received received = backend.take();
    assertEquals("6.6.6.6, 127.0.0.1", String.join(", ", received.all("X-Forwarded-For")));
    assertEquals("https", received.field("X-Forwarded-Proto").orElseThrow());
  }

  @Test
  void viaIsAdded() throws Exception {
    assertTrue(pass(Wire.get("/app.cgi")).field("Via").orElseThrow().startsWith("1.1 "));
    List<String> via = pass(Wire.get("/app.cgi", "Via: 1.0 other")).all("Via");
    assertTrue(String.join(", ", via).startsWith("1.0 other, 1.1 "), via::toString);
  }

  @Test
  void viaMayBeTurnedOff() throws Exception {
    RawClient client = connect(before(backend, "via=0")).send(Wire.get("/app.cgi"));
    assertEquals("backend", client.read().text());
    assertFalse(backend.take().has("Via"));
  }

  @Test
  void theAuthorityOfAnAbsoluteTargetBecomesTheHost() throws Exception {
    Received received =
        pass("GET http://other.test:81/app.cgi?q HTTP/1.1\r\nHost: front.test\r\n\r\n");
    assertEquals("GET /app.cgi?q HTTP/1.1", received.requestLine());
    assertEquals("other.test:81", received.field("Host").orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({
    "GET, http://other.test, GET / HTTP/1.1",
    "GET, http://other.test/, GET / HTTP/1.1",
    "GET, http://other.test?q=1, GET /?q=1 HTTP/1.1",
    "POST, http://other.test/x?y, POST /x?y HTTP/1.1",
    "OPTIONS, http://other.test, OPTIONS * HTTP/1.1",
    "OPTIONS, *, OPTIONS * HTTP/1.1"
  })
  void anAbsoluteTargetWithoutAPathIsGivenOne(String method, String target, String line)
      throws Exception {
    assertEquals(line, pass(Wire.request(method, target)).requestLine());
  }

  @Test
  void anHttp10RequestWithoutHostIsPassedOn() throws Exception {
    assertTrue(
        pass("GET /app.cgi HTTP/1.0\r\n\r\n").requestLine().startsWith("GET /app.cgi HTTP/1."));
  }

  @Test
  void aBodyWithALengthArrivesByteForByte() throws Exception {
    byte[] body = new byte[20 << 20];
    new Random(2).nextBytes(body);
    RawClient client = connect(before(backend));
    client.send("POST /a.txt HTTP/1.1\r\nHost: f\r\nContent-Length: " + body.length + "\r\n\r\n");
    client.send(body);
    assertEquals("backend", client.read().text());
    Received received = backend.take();
    assertArrayEquals(body, received.body());
    assertEquals(String.valueOf(body.length), received.field("Content-Length").orElseThrow());
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
  }

  @Test
  void aChunkedBodyArrivesByteForByte() throws Exception {
    byte[] body = new byte[20 << 20];
    new Random(3).nextBytes(body);
    RawClient client = connect(before(backend));
    client.send("POST /a.txt HTTP/1.1\r\nHost: f\r\nTransfer-Encoding: chunked\r\n\r\n");
    var random = new Random(4);
    for (int at = 0; at < body.length; ) {
      int n = Math.min(body.length - at, 1 + random.nextInt(100_000));
      client.send(Integer.toHexString(n) + ";ext=1\r\n");
      client.send(Arrays.copyOfRange(body, at, at + n)).send("\r\n");
      at += n;
    }
    client.send("0\r\n\r\n");
    assertEquals("backend", client.read().text());
    Received received = backend.take();
    assertArrayEquals(body, received.body());
    assertFalse(Wire.text(Arrays.copyOf(backend.received(), 2_000)).contains("ext=1"));
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
  }

  @Test
  void aBodyIsSentOnAsItComes() throws Exception {
    RawClient client = connect(before(backend));
    client.send("POST /a.txt HTTP/1.1\r\nHost: f\r\nContent-Length: 10\r\n\r\nhello");
    long end = System.nanoTime() + 5_000_000_000L;
    while (!Wire.text(backend.received()).endsWith("hello") && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertTrue(Wire.text(backend.received()).endsWith("hello"));
    client.send("world");
    assertEquals("backend", client.read().text());
  }

  @Test
  void trailersAreForwardedSaveTheForbidden() throws Exception {
    Received received =
        pass(
            "POST /app.cgi HTTP/1.1\r\nHost: front.test\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5\r\nhello\r\n0\r\nX-Sum: abc\r\nContent-Length: 9\r\nTransfer-Encoding: x\r\n"
                + "Host: evil.test\r\nAuthorization: evil\r\nX-Last: 1\r\n\r\n");
    assertEquals("hello", received.text());
    assertEquals("X-Sum: abc\r\nX-Last: 1\r\n", received.trailers());
    assertFalse(received.has("Authorization"));
    assertEquals("front.test", received.field("Host").orElseThrow());
  }

  @Test
  void manyRequestsOfOneClientUseOneBackendConnection() throws Exception {
    RawClient client = connect(before(backend));
    client.send(Wire.get("/app.cgi")).read();
    int connections = backend.accepted();
    for (int i = 0; i < 20; i++) {
      assertEquals("backend", client.send(Wire.get("/app.cgi")).read().text());
    }
    assertEquals(connections, backend.accepted());
  }
}
