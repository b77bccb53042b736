package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The id of a request that is passed on, and the pages that name it when no backend answers.
final class RequestIdTest extends FrontDoor {
  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha").file("sorry.html", "sorry");
  }

  private static RecordingBackend.Script reset() {
    return c -> {
      c.head();
      c.reset();
    };
  }

  private static String id(Answer answer) {
    return answer.field("X-Request-Id").orElseThrow();
  }

  @Test
  void eachRequestGetsAnIdOfItsOwn() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    Set<String> ids = new HashSet<>();
    for (FrontServer server : List.of(before(backend), before(backend, "threads=2"))) {
      for (int c = 0; c < 4; c++) {
        RawClient client = connect(server);
        for (int i = 0; i < 20; i++) {
          Answer answer = client.send(Wire.get("/app.cgi")).read();
          assertFalse(answer.has("X-Request-Id"), "a backend's answer is as the backend made it");
          String id = backend.take().field("X-Request-Id").orElseThrow();
          assertTrue(id.matches("[0-9a-f]{16}-[0-9a-f]+"), id);
          assertTrue(ids.add(id), id);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"trace-1", "!\"#$%&'()~", "x"})
  void aSoundIdOfTheClientIsKept(String id) throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    connect(before(backend)).send(Wire.get("/app.cgi", "x-request-ID: " + id)).read();
    assertEquals(List.of(id), backend.take().all("X-Request-Id"));
    String longest = "y".repeat(128);
    connect(before(backend)).send(Wire.get("/app.cgi", "X-Request-Id: " + longest)).read();
    assertEquals(List.of(longest), backend.take().all("X-Request-Id"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two words", "tab\there", "\u00e9", "129"})
  void anyOtherIsReplaced(String text) throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    String id = text.equals("129") ? "y".repeat(129) : text;
    connect(before(backend)).send(Wire.get("/app.cgi", "X-Request-Id: " + id)).read();
    List<String> ids = backend.take().all("X-Request-Id");
    assertEquals(1, ids.size());
    assertTrue(ids.getFirst().matches("[0-9a-f]{16}-[0-9a-f]+"), ids::toString);
    connect(before(backend))
        .send(Wire.get("/app.cgi", "X-Request-Id: one", "X-Request-Id: two"))
        .read();
    assertEquals(1, backend.take().all("X-Request-Id").size());
  }

  @Test
  void turnedOffTheFieldIsOneAsAnyOther() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    FrontServer server = before(backend, "request_id=0");
    connect(server).send(Wire.get("/app.cgi")).read();
    assertFalse(backend.take().has("X-Request-Id"));
    connect(server).send(Wire.get("/app.cgi", "X-Request-Id: two words")).read();
    assertEquals(List.of("two words"), backend.take().all("X-Request-Id"));
    FrontServer failing = before(backend(reset()), "request_id=0");
    Answer answer = connect(failing).send(Wire.request("POST", "/app.cgi")).read();
    assertEquals(502, answer.status());
    assertFalse(answer.has("X-Request-Id") || answer.text().contains("request <code>"));
  }

  /// 502, 503 and 504, each by its own way.
  @ParameterizedTest
  @CsvSource({
    "502, 'could not be reached', 'gave no valid answer'",
    "503, 'is busy', 'had no connection free in time'",
    "504, 'did not answer in time', 'did not answer in time'"
  })
  void aFailureIsExplainedAndCanBeTraced(int status, String title, String event) throws Exception {
    Path log = site.outside().resolve("traced" + engine + status + ".log");
    RecordingBackend backend =
        backend(
            switch (status) {
              case 502 -> reset();
              case 503 ->
                  c -> {
                    c.read();
                    c.stall();
                  };
              default -> c -> c.awaitEnd();
            });
    FrontServer server =
        before(
            backend,
            "logging=1",
            "access_log=" + log,
            "access_log_format=%>s %{request_id}x %{X-Request-Id}i",
            "backend_maxconn=1",
            "backend_queue_timeout=0.1",
            "timeout_backend=" + (status == 504 ? "0.2" : "60"));
    if (status == 503) {
      connect(server).send(Wire.get("/first.cgi"));
      backend.take();
    }
    RawClient client = connect(server);
    Answer answer = client.send(Wire.get("/app.cgi", "X-Request-Id: trace<1>")).read();
    assertEquals(status, answer.status());
    assertEquals("trace<1>", id(answer));
    assertEquals("text/html; charset=utf-8", answer.field("Content-Type").orElse(""));
    assertTrue(answer.text().startsWith("<!doctype html>"), answer.text());
    assertTrue(answer.text().contains("<h1>The application " + title + "</h1>"), answer.text());
    assertTrue(answer.text().contains("request <code>trace&lt;1&gt;</code>"), answer.text());
    for (String secret : List.of("khttpd", "127.0.0.1", "" + backend.port(), "backend", "http:")) {
      assertFalse(answer.text().contains(secret), answer.text());
    }
    assertEquals(status == 503, answer.has("Retry-After"));
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
    awaitEvent(
        server,
        "answered %d to request trace<1>: %s %s"
            .formatted(
                status, status == 503 ? "the backends" : "backend " + backend.setting(), event));
    assertTrue(lines(log, 1).contains(status + " trace<1> trace<1>"), lines(log, 1)::toString);
  }

  @Test
  void anAnswerThatIsCutCanBeTraced() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        });
    FrontServer server = before(backend);
    Answer answer = connect(server).send(Wire.get("/app.cgi", "X-Request-Id: trace-2")).read();
    assertFalse(answer.complete());
    awaitEvent(
        server, "cut the answer to request trace-2: backend " + backend.setting() + " broke off");
  }

  private static void awaitEvent(FrontServer server, String text) {
    long end = System.nanoTime() + 5_000_000_000L;
    while (!server.events().contains(text) && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertTrue(server.events().contains(text), server::events);
  }

  private static List<String> lines(Path log, int count) throws Exception {
    long end = System.nanoTime() + 5_000_000_000L;
    List<String> lines = new ArrayList<>();
    while (lines.size() < count && System.nanoTime() < end) {
      lines = Files.exists(log) ? Files.readAllLines(log) : lines;
    }
    return lines;
  }

  @Test
  void headGetsTheFieldAndNoPage() throws Exception {
    RawClient client = connect(before(backend(reset())));
    Answer answer =
        client.send(Wire.request("HEAD", "/app.cgi") + Wire.get("/a.txt")).readForHead();
    assertEquals(502, answer.status());
    assertTrue(id(answer).matches("[0-9a-f]{16}-[0-9a-f]+"));
    assertEquals("alpha", client.read().text());
  }

  @Test
  void thePageOfTheOperatorWinsAndHasTheFieldToo() throws Exception {
    FrontServer server = before(backend(reset()), "error_page=502 /sorry.html");
    RawClient client = connect(server);
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      Answer answer = client.send(Wire.get("/app.cgi")).read();
      assertEquals(502, answer.status());
      assertEquals("sorry", answer.text());
      assertTrue(ids.add(id(answer)));
    }
    assertFalse(client.send(Wire.request("CONNECT", "x:1")).read().has("X-Request-Id"));
  }

  @Test
  void otherErrorsOfAnExchangeHaveTheFieldAndALine() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    FrontServer server = before(backend);
    connect(server).send(Wire.get("/app.cgi")).read();
    String via = String.join(", ", backend.take().all("Via"));
    Answer loop = connect(server).send(Wire.get("/app.cgi", "Via: " + via)).read();
    assertEquals("508 Loop Detected\n", loop.text());
    assertNotEquals("", id(loop));
  }
}
