package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// HEAD: the head of GET and nothing after it (RFC 9110 section 9.3.2).
final class HeadMethodTest extends FrontDoor {
  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha").sparse("large.iso", 3L << 30).file("empty.txt", "");
  }

  @Test
  void theHeadIsThatOfGetAndNoBodyFollows() throws Exception {
    RawClient client = connect(server());
    for (String path : new String[] {"/a.txt", "/empty.txt"}) {
      Answer get = client.send(Wire.get(path)).read();
      Answer head = client.send(Wire.request("HEAD", path)).readForHead();
      assertEquals(withoutDate(get), withoutDate(head));
    }
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
  }

  private static String withoutDate(Answer answer) {
    return answer.head().replaceAll("Date: [^\r]*\r\n", "");
  }

  @Test
  void theLengthOfALargeFileIsToldWithoutSendingIt() throws Exception {
    RawClient client = connect(server());
    Answer head = client.send(Wire.request("HEAD", "/large.iso")).readForHead();
    assertEquals("3221225472", head.field("Content-Length").orElseThrow());
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
  }

  @Test
  void anErrorHasNoBodyEither() throws Exception {
    RawClient client = connect(server());
    assertEquals(404, client.send(Wire.request("HEAD", "/absent.txt")).readForHead().status());
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
  }

  record Fault(int status, String request) {}

  static List<Fault> faults() {
    String line = "HEAD /a.txt HTTP/1.1\r\n";
    String host = "Host: front.test\r\n";
    return List.of(
        new Fault(400, line + "\r\n"),
        new Fault(400, "HEAD /a%00 HTTP/1.1\r\n" + host + "\r\n"),
        new Fault(400, "HEAD /a.txt\r\n"),
        new Fault(400, Wire.request("HEAD", "/a.txt", "X : y")),
        new Fault(414, Wire.request("HEAD", "/" + "a".repeat(9_000))),
        new Fault(417, Wire.request("HEAD", "/a.txt", "Expect: y")),
        new Fault(431, line + host + "A: b\r\n".repeat(101)),
        new Fault(501, Wire.request("HEAD", "/a.txt", "Transfer-Encoding: y")),
        new Fault(505, "HEAD /a.txt HTTP/2.0\r\n" + host + "\r\n"),
        new Fault(408, line + host));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void norHasTheRefusalOfAHeadThatIsNone(Fault fault) throws Exception {
    RawClient client = connect(server("timeout_head=0.5"));
    client.send(Wire.get("/a.txt") + fault.request());
    assertEquals("alpha", client.read().text());
    Answer answer = client.readForHead();
    assertEquals(fault.status(), answer.status());
    assertTrue(answer.saysClose(), answer::toString);
    client.assertClosed();
  }

  @Test
  void theRequestBeforeAMalformedOneDoesNotMatter() throws Exception {
    RawClient client = connect(server());
    client.send(Wire.request("HEAD", "/a.txt") + "GET /a.txt HTTP/1.1\r\n\r\n");
    assertEquals(200, client.readForHead().status());
    assertEquals("400 Bad Request\n", client.read().text());
  }

  @Test
  void aPassedOnHeadHasNoBodyWhateverItsLengthSays() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          while (c.read() != null) {
            c.send("HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n");
          }
        });
    RawClient client = connect(before(backend));
    for (int i = 0; i < 2; i++) {
      Answer head = client.send(Wire.request("HEAD", "/app.cgi")).readForHead();
      assertEquals("12345", head.field("Content-Length").orElseThrow());
      assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
    }
    assertEquals("HEAD /app.cgi HTTP/1.1", backend.take().requestLine());
    assertEquals(1, backend.accepted());
  }
}
