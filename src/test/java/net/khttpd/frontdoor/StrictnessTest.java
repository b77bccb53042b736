package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import net.khttpd.client.Counter;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Received;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the rows of [AttackTest] do not show: attacks that take time (D2), that come from the
/// backend (S26) or speak another protocol (S24), and that what we relay is written anew.
final class StrictnessTest extends FrontDoor {
  private static final String OURS =
      "(?:X-Forwarded-\\w+|Forwarded|Via|X-Request-Id): [^\\r\\n]*\\r\\n";

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
  }

  @Test
  void aRequestIsWrittenAnewFromWhatWasUnderstood() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    RawClient client = connect(before(backend));
    client.send(
        "\r\nPOST http://other.test/app.cgi?x HTTP/1.7\r\nhOsT:\t front.test\r\nX-a:   b \t \r\n"
            + "x-EMPTY:\r\ntransfer-ENCODING:CHUNKED\r\nConnection: x-gone\r\nX-Gone: 1\r\n\r\n"
            + "003;ext=\"a;b\"\r\nabc\r\n2\r\nde\r\n00;x\r\nX-Sum:  1 \r\nHost: evil\r\n\r\n");
    assertEquals("backend", client.read().text());
    backend.take();
    assertEquals(
        "POST /app.cgi?x HTTP/1.1\r\nHost: other.test\r\nX-a: b\r\nx-EMPTY: \r\n"
            + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n",
        Wire.text(backend.received()).replaceAll(OURS, ""));
  }

  @Test
  void anAnswerIsWrittenAnewFromWhatWasUnderstood() throws Exception {
    RecordingBackend backend =
        backend(
            RecordingBackend.fixed(
                "HTTP/1.9 200  fine \r\nX-a:   b\t\r\nx-EMPTY:\r\nConnection: x-gone\r\nX-Gone: 1\r\n"
                    + "transfer-encoding:CHUNKED\r\n\r\n003;ext=1\r\nabc\r\n0\r\n\r\n"));
    RawClient client = connect(before(backend)).send(Wire.get("/app.cgi", "Connection: close"));
    String all = Wire.text(client.toEnd());
    assertTrue(all.startsWith("HTTP/1.1 200 "), all);
    String fields = all.substring(all.indexOf("\r\n"));
    assertEquals(
        "\r\nX-a: b\r\nx-EMPTY: \r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            + "3\r\nabc\r\n0\r\n\r\n",
        fields);
  }

  /// D2: a byte now and then does not hold a backend's connection for ever.
  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 1000000", "Transfer-Encoding: chunked"})
  void anUploadThatDripsIsEndedAndItsBackendIsFree(String framing) throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.finish(c.head());
        });
    FrontServer server = before(backend, "timeout_idle=0.3");
    RawClient client = connect(server);
    client.send("POST /slow HTTP/1.1\r\nHost: f\r\n" + framing + "\r\n\r\n");
    String drop = framing.startsWith("C") ? "x" : "1\r\nx\r\n";
    long begin = System.nanoTime();
    int sent = 0;
    while (client.silentFor(100) && sent < 100) {
      client.sendIfItListens(Wire.bytes(drop));
      sent++;
    }
    Answer answer = client.read();
    assertEquals(408, answer.status(), answer::toString);
    assertTrue(answer.saysClose());
    assertTrue(System.nanoTime() - begin < 8_000_000_000L, "it went on for " + sent + " drops");
    long end = System.nanoTime() + 5_000_000_000L;
    while (backend.open() > 0 && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertEquals(0, backend.open());
    assertEquals("alpha", connect(server).send(Wire.get("/a.txt")).read().text());
  }

  /// D14: what would be a line of its own in the backend's head stays encoded, or is refused.
  @Test
  void noPartOfARequestBecomesALineOfTheBackendsHead() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    FrontServer server = before(backend);
    for (String target :
        new String[] {
          "/app.cgi%0d%0aX-Evil:%201",
          "/app.cgi?a=%0d%0aX-Evil:%201",
          "/%E5%98%8A%E5%98%8DX-Evil:%201",
          "http://front.test/app.cgi%0D%0AX-Evil:1"
        }) {
      assertEquals("backend", connect(server).send(Wire.get(target)).read().text());
      Received received = backend.take();
      assertFalse(received.has("X-Evil"), received.head());
      assertTrue(received.requestLine().endsWith(" HTTP/1.1"), received.requestLine());
      assertTrue(
          received.requestLine().toLowerCase(java.util.Locale.ROOT).contains("x-evil"), target);
    }
    for (String bad :
        new String[] {
          "GET /app.cgi HTTP/1.1\r\nHost: a\rX-Evil: 1\r\n\r\n",
          "GET /app.cgi HTTP/1.1\r\nHost: a\nX-Evil: 1\r\n\r\n",
          "GET /app.cgi HTTP/1.1\r\nHost: a%0d%0aX-Evil: 1\r\n\r\n",
          "GET http://a%0d%0ax/app.cgi HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET /app.cgi HTTP/1.1\r\nHost: a\r\nX-Request-Id: a\rX-Evil: 1\r\n\r\n",
          "GET /app.cgi\rX-Evil: HTTP/1.1\r\nHost: a\r\n\r\n"
        }) {
      int status = connect(server).send(bad).read().status();
      boolean raw = bad.contains("\rX-Evil") || bad.contains("\nX-Evil:");
      assertTrue(status == 400 || (!raw && !backend.take().has("X-Evil")), bad);
    }
  }

  /// S24: HTTP/2 is not spoken, neither from its first byte nor by an upgrade.
  @Test
  void http2IsNotSpoken() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    for (FrontServer server : List.of(before(backend), server())) {
      RawClient client = connect(server);
      client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
      Answer answer = client.read();
      assertEquals(505, answer.status());
      assertTrue(answer.saysClose());
      client.assertClosed();
    }
    assertEquals(List.of(), backend.drain());
    RawClient client = connect(before(backend));
    client.send(
        Wire.get(
            "/app.cgi",
            "Connection: Upgrade, HTTP2-Settings",
            "Upgrade: h2c",
            "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"));
    assertEquals("backend", client.read().text());
    Received received = backend.take();
    assertFalse(received.has("Upgrade") || received.has("HTTP2-Settings"), received.head());
  }

  /// S26: an answer to a question that was not asked, on a connection that waits in the pool.
  @Test
  void whatABackendSaysUnaskedEndsItsConnection() throws Exception {
    var answered = new CountDownLatch(1);
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send(RecordingBackend.OK);
          answered.await();
          c.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
          c.awaitEnd();
        });
    FrontServer server = before(backend, "backend_idle=60");
    RawClient client = connect(server);
    assertEquals("backend", client.send(Wire.get("/app.cgi")).read().text());
    backend.script(RecordingBackend.fixed(RecordingBackend.OK));
    answered.countDown();
    long end = System.nanoTime() + 5_000_000_000L;
    while (backend.open() > 0 && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertEquals(0, backend.open());
    assertEquals("backend", client.send(Wire.get("/app.cgi")).read().text());
  }

  /// S26: a head just beyond our limit, whole or in pieces, and one with too many fields.
  @Test
  void anAnswerWithAnEndlessHeadIs502() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          String target = c.read().requestLine();
          c.send("HTTP/1.1 200 OK\r\n");
          String line = target.contains("many") ? "A: b\r\n" : "X: " + "y".repeat(1_000) + "\r\n";
          for (int i = 0; i < 100_000; i++) {
            c.send(line);
          }
        });
    FrontServer server = before(backend);
    long before = server.count(Counter.BACKEND_FAILURES);
    assertEquals(502, connect(server).send(Wire.get("/long.cgi")).read().status());
    assertEquals(502, connect(server).send(Wire.get("/many.cgi")).read().status());
    assertEquals(before + 2, server.count(Counter.BACKEND_FAILURES));
    assertEquals("alpha", connect(server).send(Wire.get("/a.txt")).read().text());
  }
}
