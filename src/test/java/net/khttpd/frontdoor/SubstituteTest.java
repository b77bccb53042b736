package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import net.khttpd.client.Counter;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `try` and `error_page`: what is answered where there is no file.
final class SubstituteTest extends FrontDoor {
  private static final String[] PAGES = {
    "error_page=404 /errors/404.html",
    "error_page=405 /errors/405.html",
    "error_page=501 /errors/absent.html",
    "error_page=502 /errors/502.html"
  };

  @BeforeEngine
  void files() throws Exception {
    site.file("index.html", "application")
        .file("a.txt", "alpha")
        .file("second.html", "second")
        .file("errors/404.html", "not here")
        .file("errors/405.html", "not so")
        .file("errors/502.html", "p".repeat(20_000))
        .file("locked.txt", "no")
        .mode("locked.txt", "rw-------")
        .directory("empty");
  }

  private Answer ask(FrontServer server, String request) throws Exception {
    return connect(server).send(request).read();
  }

  @Test
  void aFileThatDoesNotExistIsAnsweredByTheFirstOfTryThatDoes() throws Exception {
    FrontServer server = server("try=/absent.html", "try=/index.html");
    for (String target : new String[] {"/users/7", "/deep/er/way?x=1", "/empty/", "/logo.png"}) {
      Answer answer = ask(server, Wire.get(target));
      assertEquals("HTTP/1.1 200 OK", answer.statusLine(), target);
      assertEquals("application", answer.text(), target);
      assertEquals("text/html", answer.field("Content-Type").orElse(""), target);
    }
    assertEquals("alpha", ask(server, Wire.get("/a.txt")).text());
    String tag = ask(server, Wire.get("/users/7")).field("ETag").orElse("");
    assertEquals(304, ask(server, Wire.get("/users/8", "If-None-Match: " + tag)).status());
    var client = connect(server);
    assertEquals(
        "11",
        client.send(Wire.request("HEAD", "/x")).readForHead().field("Content-Length").orElse(""));
  }

  /// Only what is absent: not what must not be shown, nor what must not be done.
  @ParameterizedTest
  @ValueSource(strings = {"/.git/config", "/x.php", "/locked.txt", "/a%2fb", "/cgi-bin/x"})
  void tryDoesNotHideARefusal(String target) throws Exception {
    FrontServer server = server("try=/index.html");
    assertEquals(404, ask(server, Wire.get(target)).status());
    assertEquals(405, ask(server, Wire.request("POST", "/users/7")).status());
  }

  @Test
  void tryEndsWithTheAnswerWithoutItWhereNoneExists() throws Exception {
    FrontServer server = server("try=/absent.html", "try=/locked.txt", "try=/empty");
    assertEquals(404, ask(server, Wire.get("/users/7")).status());
  }

  /// A file that is there but cannot be judged: the kernel has no name for what lies so deep
  /// (PATH_MAX). The links to its directory are gone after the test.
  private void unjudged(String path) throws Exception {
    String name = "d".repeat(250);
    int depth = 17;
    site.directory("deep0");
    own(() -> Files.delete(site.root().resolve(path)));
    for (int i = 1; i <= depth; i++) {
      Path link = site.root().resolve("deep" + i);
      Path directory = site.root().resolve("deep" + (i - 1)).resolve(name);
      Files.createDirectory(directory);
      own(() -> Files.delete(directory));
      Files.createSymbolicLink(link, Path.of("deep" + (i - 1), name));
      own(() -> Files.delete(link));
    }
    Path file = site.root().resolve("deep" + depth + "/f.html");
    Files.writeString(file, "deep");
    own(() -> Files.delete(file));
    String up = "../".repeat(path.split("/").length - 1);
    site.link(path, Path.of(up + "deep" + depth + "/f.html"));
  }

  /// Whether there is such a file cannot be said: nothing else is answered in its place.
  @Test
  void whatCannotBeJudgedIsNotPassedOverInTry() throws Exception {
    unjudged("first.html");
    FrontServer server = server("try=/first.html", "try=/index.html");
    assertEquals(503, ask(server, Wire.get("/first.html")).status());
    assertEquals(503, ask(server, Wire.get("/users/7")).status());
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    FrontServer front = before(backend, "try=/first.html", "try=/index.html");
    assertEquals("backend", ask(front, Wire.get("/users/7")).text());
  }

  @Test
  void whatCannotBeJudgedIsNotPassedOverAsAnIndex() throws Exception {
    site.file("two/second.html", "second");
    unjudged("two/first.html");
    String[] index = {"index=first.html", "index=second.html", "autoindex=1"};
    assertEquals(503, ask(server(index), Wire.get("/two/")).status());
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    assertEquals("backend", ask(before(backend, index), Wire.get("/two/")).text());
  }

  @Test
  void withABackendTryHoldsWhereItIsSet() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    assertEquals("backend", ask(before(backend), Wire.get("/users/7")).text());
    FrontServer server = before(backend, "try=/index.html", "dynamic=/api/");
    assertEquals("application", ask(server, Wire.get("/users/7")).text());
    assertEquals("backend", ask(server, Wire.get("/api/users")).text());
    assertEquals("backend", ask(server, Wire.get("/users/7?x=1")).text());
    assertEquals("backend", ask(server, Wire.request("POST", "/users/7")).text());
  }

  @Test
  void anErrorKeepsItsStatusAndHasThePageOfTheOperator() throws Exception {
    FrontServer server = server(PAGES);
    Answer answer = ask(server, Wire.get("/absent"));
    assertEquals("HTTP/1.1 404 Not Found", answer.statusLine());
    assertEquals("not here", answer.text());
    assertEquals("text/html", answer.field("Content-Type").orElse(""));
    assertTrue(answer.field("ETag").isEmpty() && answer.field("Last-Modified").isEmpty());
    var client = connect(server);
    client.send(Wire.request("HEAD", "/absent") + Wire.get("/a.txt"));
    Answer head = client.readForHead();
    assertEquals(404, head.status());
    assertEquals("8", head.field("Content-Length").orElse(""));
    assertEquals("alpha", client.read().text());
    assertEquals(200, ask(server, Wire.get("/errors/404.html")).status());
  }

  /// F16: no method but GET reaches a file, the page of an error included.
  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "MOVE"})
  void aWriteIsRefusedWithThatPageAndChangesNothing(String method) throws Exception {
    FrontServer server = server(PAGES);
    for (String target : new String[] {"/a.txt", "/errors/405.html", "/new.txt", "/empty/"}) {
      Answer bare = ask(server, Wire.request(method, target));
      assertEquals(405, bare.status(), target);
      assertEquals("GET, HEAD", bare.field("Allow").orElse(""), target);
      assertEquals("not so", bare.text(), target);
      String body = Wire.request(method, target, "Content-Range: bytes 0-2/3", "Content-Length: 3");
      assertEquals("not so", ask(server, body + "abc").text(), target);
    }
    assertEquals("alpha", Files.readString(site.root().resolve("a.txt")));
    assertEquals("not so", Files.readString(site.root().resolve("errors/405.html")));
    assertFalse(Files.exists(site.root().resolve("new.txt")));
  }

  @Test
  void whereThePageItselfIsMissingTheErrorSpeaksForItself() throws Exception {
    Answer answer = ask(server(PAGES), Wire.request("BREW", "/a.txt"));
    assertEquals(501, answer.status());
    assertEquals("501 Not Implemented\n", answer.text());
    FrontServer none = server("error_page=404 /errors/absent.html", "cache_bytes=1M");
    assertEquals("404 Not Found\n", ask(none, Wire.get("/absent")).text());
    FrontServer dir = server("error_page=404 /errors");
    assertEquals("404 Not Found\n", ask(dir, Wire.get("/absent")).text());
  }

  /// Pages that are not kept in memory are too large for an error.
  @Test
  void aPageThatIsNotInMemoryIsNotSent() throws Exception {
    FrontServer server = server("error_page=404 /errors/502.html", "sendfile_min=16384");
    assertEquals("404 Not Found\n", ask(server, Wire.get("/absent")).text());
  }

  @Test
  void aBackendThatIsGoneIsExcusedByThePage() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    String gone = backend.setting();
    backend.close();
    FrontServer server = server("backend=" + gone, PAGES[0], PAGES[3]);
    var client = connect(server);
    for (int i = 0; i < 3; i++) {
      client.send(Wire.get("/app") + Wire.get("/a.txt"));
      Answer answer = client.read();
      assertEquals("HTTP/1.1 502 Bad Gateway", answer.statusLine());
      assertEquals(20_000, answer.body().length);
      assertEquals("alpha", client.read().text());
    }
    client.send(Wire.request("HEAD", "/app") + Wire.get("/a.txt"));
    assertEquals(502, client.readForHead().status());
    assertEquals("alpha", client.read().text());
    assertTrue(server.count(Counter.REFUSED) >= 4);
  }
}
