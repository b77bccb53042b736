package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.khttpd.frontdoor.harness.AfterEngine;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each rule of the design, with a backend and alone.
final class RulesTest extends FrontDoor {
  private static final int PASSED_ON = -1;

  /// One request; the status alone; the status with a backend, or that it is passed on.
  record Row(String name, String request, int alone, int withBackend, String... settings) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final String SLOW = "/a.txt?" + "a".repeat(80) + "!";
  private static final String HARD = "/a.txt?" + "a".repeat(8_000);

  private static final String UNMODIFIED = "If-Unmodified-Since: Thu, 29 Feb 2024 12:34:56 GMT";

  static List<Row> rows() {
    return List.of(
        new Row("GET of a file", Wire.get("/a.txt"), 200, 200),
        new Row("POST", Wire.request("POST", "/a.txt", "Content-Length: 0"), 405, PASSED_ON),
        new Row("PUT", Wire.request("PUT", "/a.txt", "Content-Length: 0"), 405, PASSED_ON),
        new Row("DELETE", Wire.request("DELETE", "/a.txt"), 405, PASSED_ON),
        new Row("OPTIONS *", Wire.request("OPTIONS", "*"), 204, PASSED_ON),
        new Row("OPTIONS of a path", Wire.request("OPTIONS", "/a.txt"), 405, PASSED_ON),
        new Row("unknown method", Wire.request("BREW", "/a.txt"), 501, PASSED_ON),
        new Row("TRACE", Wire.request("TRACE", "/a.txt"), 405, 405),
        new Row("CONNECT", Wire.request("CONNECT", "front.test:80"), 405, 405),
        new Row("CONNECT of a path", Wire.request("CONNECT", "/a.txt"), 405, 405),
        new Row("CONNECT of a URL", Wire.request("CONNECT", "http://front.test/"), 405, 405),
        new Row("a body announced", Wire.get("/a.txt", "Content-Length: 2") + "hi", 405, PASSED_ON),
        new Row("length 0 is no body", Wire.get("/a.txt", "Content-Length: 0"), 200, 200),
        new Row("Upgrade", Wire.get("/a.txt", "Connection: upgrade", "Upgrade: x"), 405, PASSED_ON),
        new Row("query", Wire.get("/a.txt?x=1"), 200, PASSED_ON),
        new Row("empty query", Wire.get("/a.txt?"), 200, PASSED_ON),
        new Row("query ignored", Wire.get("/a.txt?x=1"), 200, 200, "query=ignore"),
        new Row("query that matches", Wire.get("/a.txt?v=12"), 200, 200, "query=v=[0-9]+"),
        new Row("query that does not", Wire.get("/a.txt?v=1x"), 200, PASSED_ON, "query=v=[0-9]+"),
        new Row("query too hard to match", Wire.get(HARD + "!"), 200, PASSED_ON, "query=(a+)+"),
        new Row("query that would take for ever", Wire.get(SLOW), 200, PASSED_ON, "query=(a|aa)+"),
        new Row("query too long to match", Wire.get(HARD), 200, PASSED_ON, "query=(a|b)*"),
        new Row("long query that matches", Wire.get(HARD), 200, 200, "query=a*"),
        new Row("active extension", Wire.get("/page.php"), 404, PASSED_ON),
        new Row("active extension by pattern", Wire.get("/page.php7"), 404, PASSED_ON),
        new Row("active key", Wire.get("/site.key"), 404, PASSED_ON),
        new Row("backup name", Wire.get("/a.txt~"), 404, PASSED_ON),
        new Row("no longer active", Wire.get("/site.key"), 200, 200, "active=-key", "sloppymime=1"),
        new Row("dot segment", Wire.get("/.git/config.txt"), 404, PASSED_ON),
        new Row("well-known", Wire.get("/.well-known/a.txt"), 200, 200),
        new Row("Authorization", Wire.get("/a.txt", "Authorization: Basic eDp5"), 200, PASSED_ON),
        new Row(
            "Authorization served by setting",
            Wire.get("/a.txt", "Authorization: Basic eDp5"),
            200,
            200,
            "pass_authorization=0"),
        new Row("marker", Wire.get("/guarded/a.txt"), 200, PASSED_ON),
        new Row("marker above", Wire.get("/guarded/deep/a.txt"), 200, PASSED_ON),
        new Row("own marker", Wire.get("/a.txt"), 200, PASSED_ON, "marker=b.html"),
        new Row("other host", Wire.get("/a.txt"), 200, PASSED_ON, "hosts=example.test"),
        new Row("host named", Wire.get("/a.txt"), 200, 200, "hosts=front.test"),
        new Row("host by pattern", Wire.get("/a.txt"), 200, 200, "hosts=*.test"),
        new Row("host by address", to("[0:0::1]:80"), 200, 200, "hosts=[::1]"),
        new Row("host by another address", to("[::2]"), 200, PASSED_ON, "hosts=::1"),
        new Row("host by no known kind of address", to("[v1.a]"), 200, PASSED_ON, "hosts=::1"),
        new Row("raw UTF-8", Wire.get("/\u00c3\u00bc.txt"), 200, 200),
        new Row("raw UTF-8, absent", Wire.get("/\u00c3\u00a4.txt"), 404, PASSED_ON),
        new Row("raw bytes that are not UTF-8", Wire.get("/\u00fc.txt"), 404, PASSED_ON),
        new Row("raw bytes in a query", Wire.get("/a.txt?\u00fc"), 200, PASSED_ON),
        new Row("encoded slash", Wire.get("/guarded%2fa.txt"), 404, PASSED_ON),
        new Row("encoded backslash", Wire.get("/guarded%5ca.txt"), 404, PASSED_ON),
        new Row("encoded control", Wire.get("/a%01.txt"), 404, PASSED_ON),
        new Row("over-long UTF-8", Wire.get("/%c0%afa.txt"), 404, PASSED_ON),
        new Row("dynamic string", Wire.get("/cgi-bin/a.txt"), 404, PASSED_ON),
        new Row("dynamic string, encoded", Wire.get("/cgi%2dbin/a.txt"), 404, PASSED_ON),
        new Row("own dynamic string", Wire.get("/shop/a.txt"), 404, PASSED_ON, "dynamic=shop"),
        new Row("dot-dot", Wire.get("/guarded/../a.txt"), 200, PASSED_ON),
        new Row("private", Wire.get("/private.txt"), 404, PASSED_ON),
        new Row("executable", Wire.get("/run.txt"), 404, PASSED_ON),
        new Row("executable allowed", Wire.get("/run.txt"), 200, 200, "perm_forbid=040000"),
        new Row("all named bits", Wire.get("/a.txt"), 404, PASSED_ON, "perm_required=06"),
        new Row("outside by a link", Wire.get("/out.txt"), 404, PASSED_ON),
        new Row("inside by a link", Wire.get("/in.txt"), 200, 200),
        new Row("directory", Wire.get("/shop/"), 404, PASSED_ON),
        new Row("unknown type", Wire.get("/a.unknown"), 200, PASSED_ON),
        new Row("no extension", Wire.get("/plain"), 200, PASSED_ON),
        new Row("unknown type, sloppy", Wire.get("/a.unknown"), 200, 200, "sloppymime=1"),
        new Row("Range", Wire.get("/a.txt", "Range: bytes=0-0"), 206, 206),
        new Row("If-Range", Wire.get("/a.txt", "If-Range: \"x\""), 200, 200),
        new Row("If-Match", Wire.get("/a.txt", "If-Match: \"x\""), 412, 412),
        new Row("If-Unmodified-Since", Wire.get("/a.txt", UNMODIFIED), 200, 200),
        new Row(
            "range of an active name", Wire.get("/page.php", "Range: bytes=0-0"), 404, PASSED_ON),
        new Row("condition, private", Wire.get("/private.txt", "If-Match: *"), 404, PASSED_ON),
        new Row("range, absent", Wire.get("/absent.txt", "Range: bytes=9-0"), 404, PASSED_ON),
        new Row("condition, absent", Wire.get("/absent.txt", "If-Match: \"x\""), 404, PASSED_ON),
        new Row("absent", Wire.get("/absent.txt"), 404, PASSED_ON),
        new Row("absent directory", Wire.get("/absent/a.txt"), 404, PASSED_ON));
  }

  private static String to(String host) {
    return "GET /a.txt HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
  }

  @BeforeEngine
  void files() throws Exception {
    for (String path :
        List.of(
            "a.txt",
            "page.php",
            "page.php7",
            "site.key",
            "a.txt~",
            ".git/config.txt",
            ".well-known/a.txt",
            "guarded/a.txt",
            "guarded/deep/a.txt",
            "guarded/.htaccess",
            "b.html",
            "cgi-bin/a.txt",
            "shop/a.txt",
            "private.txt",
            "run.txt",
            "a.unknown",
            "plain")) {
      site.file(path, "static " + path);
    }
    // The shell, because Java can name such a file in some locales only.
    String copy = "cp -p a.txt \"$(printf '\\303\\274').txt\"";
    var shell = new ProcessBuilder("sh", "-c", copy).directory(site.root().toFile()).inheritIO();
    assertEquals(0, shell.start().waitFor());
    site.mode("private.txt", "rw-r-----").mode("run.txt", "rwxr-xr-x");
    java.nio.file.Files.writeString(site.outside().resolve("out.txt"), "SECRET");
    site.link("out.txt", site.outside().resolve("out.txt"));
    site.link("in.txt", java.nio.file.Path.of("a.txt"));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void alone(Row row) throws Exception {
    Answer answer = connect(server(row.settings())).send(row.request()).read();
    assertEquals(row.alone(), answer.status(), answer::toString);
    if (answer.status() == 200) {
      assertTrue(answer.text().startsWith("static "), answer::toString);
    }
    if (answer.status() == 405 || answer.status() == 204) {
      assertTrue(answer.field("Allow").orElseThrow().contains("GET"), answer::toString);
    }
  }

  private RecordingBackend backend;

  @BeforeEngine
  void startBackend() throws Exception {
    backend = RecordingBackend.ok();
  }

  @AfterEngine
  void stopBackend() throws Exception {
    backend.close();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void withABackend(Row row) throws Exception {
    FrontServer server = before(backend, row.settings());
    backend.forget();
    RawClient client = connect(server).send(row.request());
    Answer answer = client.read();
    if (row.withBackend() == PASSED_ON) {
      assertEquals("backend", answer.text(), answer::toString);
      String line = row.request().substring(0, row.request().indexOf("\r\n"));
      assertEquals(line, backend.take().requestLine());
    } else {
      assertEquals(row.withBackend(), answer.status(), answer::toString);
      assertEquals("", Wire.shown(backend.received()));
    }
  }
}
