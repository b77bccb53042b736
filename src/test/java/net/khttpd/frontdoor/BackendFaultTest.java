package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Backends that are absent, silent, dying, or talk nonsense; static files are served throughout.
final class BackendFaultTest extends FrontDoor {
  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
  }

  private static String absent() throws Exception {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "backend=127.0.0.1:" + socket.getLocalPort();
    }
  }

  @Test
  void anAbsentBackendIs502AndStaticFilesGoOn() throws Exception {
    RawClient client = connect(server(absent()));
    for (int i = 0; i < 3; i++) {
      assertEquals(502, client.send(Wire.get("/app.cgi")).read().status());
      assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
    }
  }

  @Test
  void anAbsentBackendIs502ForAnUploadToo() throws Exception {
    RawClient client = connect(server(absent()));
    client.send("POST /f HTTP/1.1\r\nHost: f\r\nContent-Length: 5\r\n\r\nhello");
    assertEquals(502, client.read().status());
  }

  @Test
  void aSilentBackendIs504AndStaticFilesGoOnMeanwhile() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.stall();
        });
    FrontServer server = before(backend, "timeout_backend=0.5");
    RawClient client = connect(server).send(Wire.get("/app.cgi"));
    backend.take();
    for (int i = 0; i < 10; i++) {
      assertEquals("alpha", connect(server).send(Wire.get("/a.txt")).read().text());
    }
    assertEquals(504, client.read().status());
  }

  @Test
  void aBackendThatFallsSilentWithinItsAnswerIsCut() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
          c.stall();
        });
    RawClient client = connect(before(backend, "timeout_backend=0.5")).send(Wire.get("/app.cgi"));
    Answer answer = client.read();
    assertEquals("half", answer.text());
    assertTrue(!answer.complete());
  }

  @Test
  void aBackendThatResetsIs502() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.reset();
        });
    RawClient client = connect(before(backend));
    client.send("POST /f HTTP/1.1\r\nHost: f\r\nContent-Length: 5\r\n\r\nhello");
    assertEquals(502, client.read().status());
    assertEquals("alpha", connect(before(backend)).send(Wire.get("/a.txt")).read().text());
  }

  static List<String> nonsense() {
    String ok = "HTTP/1.1 200 OK\r\n";
    return List.of(
        ok + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        ok + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ok + "Content-Length: x\r\n\r\nabc",
        ok + "Content-Length: -1\r\n\r\nabc",
        ok + "Content-Length: +3\r\n\r\nabc",
        ok + "Content-Length: 99999999999999999999\r\n\r\nabc",
        ok + "Transfer-Encoding: gzip\r\n\r\nabc",
        "HTTP/1.1 200 OK\nContent-Length: 3\n\nabc",
        ok + "X: a\nY: b\r\nContent-Length: 0\r\n\r\n",
        ok + "X : a\r\nContent-Length: 0\r\n\r\n",
        ok + "X: a\r\n b\r\nContent-Length: 0\r\n\r\n",
        ok + "X: a\0b\r\nContent-Length: 0\r\n\r\n",
        ok + "No colon\r\nContent-Length: 0\r\n\r\n",
        "garbage\r\n\r\n",
        "\0\1\2\3\4\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "ICY 200 OK\r\n\r\n",
        ok + "X: " + "y".repeat(200_000) + "\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nhello");
  }

  @ParameterizedTest
  @MethodSource("nonsense")
  void nonsenseIs502AndItsConnectionIsNotUsedAgain(String response) throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send(response);
          c.awaitEnd();
        });
    FrontServer server = before(backend);
    Answer answer = connect(server).send(Wire.get("/app.cgi")).read();
    assertEquals(502, answer.status(), answer::toString);
    int before = backend.accepted();
    backend.script(RecordingBackend.fixed(RecordingBackend.OK));
    assertEquals("backend", connect(server).send(Wire.get("/app.cgi")).read().text());
    assertEquals(before + 1, backend.accepted());
  }

  @Test
  void bytesBeyondTheLengthNeverReachAnyClient() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          while (c.read() != null) {
            c.send(
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
          }
        });
    FrontServer server = before(backend);
    RawClient client = connect(server);
    for (int i = 0; i < 5; i++) {
      assertEquals("abc", client.send(Wire.get("/app.cgi")).read().text());
      assertEquals("abc", connect(server).send(Wire.get("/app.cgi")).read().text());
    }
  }

  @Test
  void aStaleConnectionIsReplacedOnce() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send(RecordingBackend.OK);
          c.head();
          c.reset();
        });
    RawClient client = connect(before(backend));
    for (int i = 0; i < 6; i++) {
      assertEquals("backend", client.send(Wire.get("/app.cgi")).read().text(), "request " + i);
    }
  }

  @Test
  void severalBackendsTakeTurnsAndAFailingOneIsSkipped() throws Exception {
    RecordingBackend one = backend(RecordingBackend.fixed(answer("one")));
    RecordingBackend two = backend(RecordingBackend.fixed(answer("two")));
    String gone = absent();
    FrontServer server = server("backend=" + one.setting(), gone, "backend=" + two.setting());
    Map<String, Integer> turns = new HashMap<>();
    RawClient client = connect(server);
    for (int i = 0; i < 20; i++) {
      turns.merge(client.send(Wire.get("/app.cgi")).read().text(), 1, Integer::sum);
    }
    assertEquals(20, turns.getOrDefault("one", 0) + turns.getOrDefault("two", 0), turns::toString);
    assertTrue(turns.get("one") >= 5 && turns.get("two") >= 5, turns::toString);
  }

  private static String answer(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  @Test
  void aLoopThroughOurselvesIs508() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    FrontServer server = before(backend);
    assertEquals("backend", connect(server).send(Wire.get("/app.cgi")).read().text());
    String via = String.join(", ", backend.take().all("Via"));
    Answer answer = connect(server).send(Wire.get("/app.cgi", "Via: " + via)).read();
    assertEquals(508, answer.status());
  }
}
