package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

/// `Expect: 100-continue` never hangs, whatever client and backend make of it: on every other proxy
/// some pair of them has waited for each other (peers.md §B row 43). `real` has curl and Node.
final class ContinueTest extends FrontDoor {
  private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
  private static final int LARGE = 3 << 20;

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha").file("large.bin", "x".repeat(LARGE));
  }

  private static String upload(String... fields) {
    var all = new ArrayList<String>(List.of("Expect: 100-continue"));
    all.addAll(List.of(fields));
    return Wire.request("POST", "/app.cgi", all.toArray(String[]::new));
  }

  /// Invites, and answers with the length of what it got.
  private RecordingBackend inviting() throws Exception {
    return backend(c -> {
      for (String head = c.head(); !head.isEmpty(); head = c.head()) {
        c.send(head.contains("Expect:") ? CONTINUE : "");
        c.send(length(c.finish(head)));
      }
    });
  }

  /// Never invites: it waits for the body, as many simple servers do.
  private RecordingBackend ignoring() throws Exception {
    return backend(c -> {
      for (Received next = c.read(); next != null; next = c.read()) {
        c.send(length(next));
      }
    });
  }

  private static String length(Received received) {
    String text = "" + received.body().length;
    return "HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text;
  }

  /// Answers 401 from the head alone, and would go on with the connection.
  private RecordingBackend refusing(String more) throws Exception {
    return backend(c -> {
      c.head();
      c.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n" + more + "\r\nno");
      if (more.isEmpty()) {
        c.awaitEnd();
      }
    });
  }

  /// The final answer to an upload that may have been invited.
  private static Answer last(RawClient client) throws Exception {
    Answer answer = client.read();
    return answer.status() == 100 ? client.read() : answer;
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 5", "Transfer-Encoding: chunked"})
  void aClientThatWaitsIsInvitedByTheBackend(String framing) throws Exception {
    RawClient client = connect(before(inviting())).send(upload(framing));
    assertEquals(CONTINUE, client.head());
    client.send(framing.startsWith("C") ? "hello" : "5\r\nhello\r\n0\r\n\r\n");
    assertEquals("5", client.read().text());
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 20_000, 100_000, 1_000_000})
  void aClientThatSendsAtOnceNeedsNoInvitation(int length) throws Exception {
    for (RecordingBackend backend : List.of(inviting(), ignoring(), inviting())) {
      RawClient client = connect(before(backend));
      client.send(upload("Content-Length: " + length) + "x".repeat(length));
      assertEquals("" + length, last(client).text());
      assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
    }
  }

  @Test
  void aClientThatLosesPatienceIsServedByABackendThatIgnoresExpect() throws Exception {
    RawClient client = connect(before(ignoring())).send(upload("Content-Length: 5"));
    assertTrue(client.silentFor(200), "nobody has invited");
    assertEquals("5", client.send("hello").read().text());
  }

  /// Each waits for the other: the deadline is the backend's.
  @Test
  void aClientWithEndlessPatienceIsTold504() throws Exception {
    FrontServer server = before(ignoring(), "timeout_backend=0.4");
    RawClient client = connect(server).send(upload("Content-Length: 5"));
    assertEquals(504, client.read().status());
  }

  @Test
  void anInvitedClientThatNeverSendsIsToldSo() throws Exception {
    FrontServer server = before(inviting(), "timeout_idle=0.4", "timeout_send=0.4");
    RawClient client = connect(server).send(upload("Content-Length: 5"));
    assertEquals(CONTINUE, client.head());
    assertEquals(408, client.read().status());
    client.assertGone();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Connection: close\r\n"})
  void aFinalAnswerInTheInvitationsPlaceArrives(String more) throws Exception {
    RawClient client = connect(before(refusing(more))).send(upload("Content-Length: 5"));
    Answer answer = client.read();
    assertEquals(401, answer.status());
    assertEquals("no", answer.text());
    assertTrue(answer.saysClose(), "the body may still come, or not");
    client.assertGone();
  }

  /// The body is on its way already, and larger than what any buffer takes.
  @ParameterizedTest
  @ValueSource(strings = {"", "Connection: close\r\n"})
  void aFinalAnswerArrivesAlthoughTheBodyIsSent(String more) throws Exception {
    RawClient client = connect(before(refusing(more)));
    byte[] body = Wire.bytes(upload("Content-Length: " + LARGE) + "x".repeat(LARGE));
    Thread sending = Thread.ofVirtual().start(() -> client.sendIfItListens(body));
    Answer answer = client.read();
    assertEquals(401, answer.status());
    assertEquals("no", answer.text());
    client.close();
    sending.join();
  }

  @Test
  void aClientOfHttp10IsNeverInvited() throws Exception {
    for (RecordingBackend backend : List.of(inviting(), ignoring())) {
      RawClient client = connect(before(backend));
      client.send(
          "POST /app.cgi HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello");
      Answer answer = client.read();
      assertEquals(200, answer.status());
      assertEquals("5", answer.text());
      assertFalse(backend.take().has("Expect"), "an expectation of HTTP/1.0 is ignored");
    }
  }

  @Test
  void anExpectationWithoutABodyIsAnswered() throws Exception {
    for (RecordingBackend backend : List.of(inviting(), ignoring())) {
      RawClient client = connect(before(backend));
      client.send(Wire.get("/app.cgi", "Expect: 100-continue"));
      assertEquals("0", last(client).text());
      assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
    }
  }

  @Test
  void twoInvitationsAreTwo() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          String head = c.head();
          c.send(CONTINUE + CONTINUE);
          c.send(length(c.finish(head)));
          c.awaitEnd();
        });
    RawClient client = connect(before(backend)).send(upload("Content-Length: 5"));
    assertEquals(CONTINUE, client.head());
    assertEquals(CONTINUE, client.head());
    assertEquals("5", client.send("hello").read().text());
  }

  /// As above by curl, which has its own idea of how long to wait.
  @ParameterizedTest
  @ValueSource(strings = {"inviting", "ignoring", "refusing"})
  void curlIsServed(String kind) throws Exception {
    RecordingBackend backend =
        switch (kind) {
          case "inviting" -> inviting();
          case "ignoring" -> ignoring();
          default -> refusing("");
        };
    String status = kind.equals("refusing") ? "no401" : LARGE + "200";
    Path large = site.root().resolve("large.bin");
    int port = before(backend).port();
    for (String framing : List.of("X-Same: yes", "Transfer-Encoding: chunked")) {
      assertEquals(status, curl("-T", "" + large, "-H", framing, port), kind + ", " + framing);
    }
  }

  private static String curl(String how, String file, String h, String framing, int port)
      throws Exception {
    var command =
        List.of(
            "curl",
            "-sS",
            "--noproxy",
            "*",
            "--max-time",
            "10",
            "--expect100-timeout",
            "0.2",
            how,
            file,
            h,
            framing,
            "-H",
            "Expect: 100-continue",
            "-w",
            "%{http_code}",
            "http://127.0.0.1:" + port + "/app.cgi");
    Process curl = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(curl.waitFor(10, TimeUnit.SECONDS), "curl does not end");
    return said;
  }
}
