package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Many requests under way on one connection: RFC 9112 section 9.3.2.
final class PipeliningTest extends FrontDoor {
  /// Enough to overflow any buffer for answers, in requests.
  private static final int FLOOD = 10_000;

  @BeforeEngine
  void files() throws Exception {
    for (int i = 0; i < 10; i++) {
      site.file(i + ".txt", "file " + i);
    }
    site.file("big.txt", "x".repeat(100_000)).file("huge.bin.txt", "y".repeat(3_000_000));
  }

  @Test
  void aBatchIsAnsweredInOrder() throws Exception {
    var batch = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      batch.append(Wire.get("/" + i % 10 + ".txt"));
    }
    RawClient client = connect(server()).send(batch.toString());
    for (int i = 0; i < 100; i++) {
      assertEquals("file " + i % 10, client.read().text());
    }
  }

  @Test
  void theAnswersToABatchArriveTogether() throws Exception {
    RawClient client = connect(server());
    String batch = Wire.get("/1.txt").repeat(20);
    client.send(Wire.get("/1.txt"));
    int one = client.arrivedTogether();
    client.read();
    for (int round = 0; round < 100; round++) {
      client.send(batch);
      assertEquals(20 * one, client.arrivedTogether(), "bytes there with the first");
      for (int i = 0; i < 20; i++) {
        client.read();
      }
    }
  }

  @Test
  void smallAndLargeAnswersKeepTheirOrder() throws Exception {
    RawClient client = connect(server());
    client.send(
        Wire.get("/1.txt")
            + Wire.get("/huge.bin.txt")
            + Wire.get("/2.txt")
            + Wire.get("/big.txt")
            + Wire.get("/absent.txt")
            + Wire.get("/3.txt"));
    List<Integer> lengths = new ArrayList<>();
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Answer answer = client.read();
      lengths.add(answer.status() == 404 ? 0 : answer.body().length);
      statuses.add(answer.status());
    }
    assertEquals(List.of(200, 200, 200, 200, 404, 200), statuses);
    assertEquals(List.of(6, 3_000_000, 6, 100_000, 0, 6), lengths);
  }

  @Test
  void tenThousandRequestsInOneGoAreAnsweredInOrder() throws Exception {
    byte[] flood = Wire.bytes((Wire.get("/1.txt") + Wire.get("/2.txt")).repeat(FLOOD / 2));
    RawClient client = connect(server());
    Thread sender = Thread.ofVirtual().start(() -> client.sendIfItListens(flood));
    for (int i = 0; i < FLOOD; i++) {
      assertEquals(i % 2 == 0 ? "file 1" : "file 2", client.read().text());
    }
    sender.join();
  }

  /// Each kind of answer of ours, cold and remembered, from memory and by sendfile: parts, pages,
  /// listings and what has no body.
  @ParameterizedTest
  @ValueSource(strings = {"sendfile_min=4000000", "cache_bytes=0"})
  void everyKindOfAnswerKeepsItsPlace(String way) throws Exception {
    site.file("errors/404.html", "p".repeat(20_000)).file("sub/1.txt", "one");
    var server = server(way, "autoindex=1", "error_page=404 /errors/404.html");
    var batch = new StringBuilder();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String[] kinds = {
        Wire.get("/huge.bin.txt", "Range: bytes=0-9,1000-1500000,-5"), "206",
        Wire.get("/absent" + i), "404",
        Wire.get("/1.txt", "If-None-Match: *"), "304",
        Wire.get("/sub/"), "200",
        Wire.get("/1.txt", "If-Match: \"x\""), "412",
        Wire.get("/sub"), "301",
        Wire.get("/1.txt", "Range: bytes=9-"), "416",
        Wire.request("OPTIONS", "*"), "204",
        Wire.request("DELETE", "/1.txt"), "405",
        Wire.get("/1.txt", "Range: bytes=0-0,2-2"), "206",
      };
      for (int k = 0; k < kinds.length; k += 2) {
        batch.append(kinds[k]).append(Wire.get("/" + k / 2 + ".txt"));
        expected.add(kinds[k + 1]);
        expected.add("file " + k / 2);
      }
    }
    RawClient client = connect(server).send(batch.toString());
    for (String each : expected) {
      Answer answer = client.read();
      assertTrue(answer.complete(), answer::toString);
      assertEquals(each, each.startsWith("file") ? answer.text() : "" + answer.status());
    }
    assertEquals("file 1", client.send(Wire.get("/1.txt")).read().text());
  }

  @Test
  void whatFollowsACloseIsNotAnswered() throws Exception {
    RawClient client = connect(server());
    client.send(Wire.get("/1.txt") + Wire.get("/2.txt", "Connection: close") + Wire.get("/3.txt"));
    assertEquals("file 1", client.read().text());
    assertEquals("file 2", client.read().text());
    client.assertGone();
  }

  @Test
  void answersBeforeAMalformedRequestAreSent() throws Exception {
    RawClient client = connect(server());
    client.send(Wire.get("/1.txt") + "BAD\r\n\r\n" + Wire.get("/3.txt"));
    assertEquals("file 1", client.read().text());
    assertEquals(400, client.read().status());
    client.assertClosed();
  }

  @Test
  void aPassOnInTheMiddleKeepsTheOrder() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    RawClient client = connect(before(backend));
    client.send(
        Wire.get("/1.txt")
            + Wire.get("/app.cgi")
            + Wire.get("/2.txt")
            + "POST /form HTTP/1.1\r\nHost: front.test\r\nContent-Length: 3\r\n\r\nabc"
            + Wire.get("/3.txt"));
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      bodies.add(client.read().text());
    }
    assertEquals(List.of("file 1", "backend", "file 2", "backend", "file 3"), bodies);
  }

  @Test
  void aPassOnBehindALargeFileKeepsTheOrder() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    RawClient client = connect(before(backend));
    for (int round = 0; round < 3; round++) {
      client.send(Wire.get("/huge.bin.txt") + Wire.get("/app.cgi") + Wire.get("/big.txt"));
      List<Integer> lengths = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        lengths.add(client.read().body().length);
      }
      assertEquals(List.of(3_000_000, "backend".length(), 100_000), lengths);
    }
  }

  @Test
  void answersBeforeAPassOnAreSentWithoutWaitingForIt() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.stall();
        });
    RawClient client = connect(before(backend));
    client.send(Wire.get("/1.txt") + Wire.get("/app.cgi") + Wire.get("/2.txt"));
    assertEquals("file 1", client.read().text());
    assertEquals("GET /app.cgi HTTP/1.1", backend.take().requestLine());
  }

  @Test
  void everySplitOfABatchGivesTheSameAnswers() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    var server = before(backend);
    byte[] batch =
        Wire.bytes(
            Wire.get("/1.txt")
                + Wire.get("/app.cgi")
                + "POST /f HTTP/1.1\r\nHost: f\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                + "HEAD /2.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
                + Wire.get("/3.txt", "Connection: close"));
    try (RawClient probe = new RawClient(server.port())) {
      for (int at = 1; at < batch.length; at++) {
        try (RawClient client = new RawClient(server.port())) {
          client.send(batch, 0, at);
          assertEquals(200, probe.send(Wire.get("/1.txt")).read().status());
          client.send(batch, at, batch.length);
          assertEquals("file 1", client.read().text(), "split at " + at);
          assertEquals("backend", client.read().text(), "split at " + at);
          assertEquals("backend", client.read().text(), "split at " + at);
          assertEquals(200, client.readForHead().status(), "split at " + at);
          assertEquals("file 3", client.read().text(), "split at " + at);
          client.assertClosed();
        }
        assertEquals("GET /app.cgi HTTP/1.1", backend.take().requestLine());
        assertEquals("abc", backend.take().text());
      }
    }
  }
}
