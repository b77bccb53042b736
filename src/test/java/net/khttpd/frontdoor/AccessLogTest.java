package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// The access log: one line a request, whatever became of it, and nothing unescaped (D9).
final class AccessLogTest extends FrontDoor {
  private static final Pattern COMBINED =
      Pattern.compile(
          "127\\.0\\.0\\.1 - \\S+ \\[\\d\\d/\\w{3}/\\d{4}:\\d\\d:\\d\\d:\\d\\d [+-]\\d{4}\\] \"([^\"\\\\]|\\\\.)*\" \\d{3} (\\d+|-)"
              + " \"([^\"\\\\]|\\\\.)*\" \"([^\"\\\\]|\\\\.)*\"");
  private int logs;

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
  }

  private Path log() {
    return site.outside().resolve("access" + logs++ + ".log");
  }

  private static List<String> lines(Path log, int count) throws Exception {
    long end = System.nanoTime() + 5_000_000_000L;
    List<String> lines = List.of();
    while (lines.size() < count && System.nanoTime() < end) {
      if (Files.exists(log)) {
        lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
      }
    }
    assertEquals(count, lines.size(), lines::toString);
    return lines;
  }

  @Test
  void eachRequestHasOneLineInCombinedFormat() throws Exception {
    Path log = log();
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    RawClient client = connect(before(backend, "logging=1", "access_log=" + log));
    client.send(Wire.get("/a.txt", "Referer: http://r.test/", "User-Agent: probe")).read();
    client.send(Wire.get("/app.cgi?x")).read();
    client.send(Wire.get("/a.txt", "If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT")).read();
    client.send("BAD\r\n\r\n").read();
    List<String> lines = lines(log, 4);
    lines.forEach(l -> assertTrue(COMBINED.matcher(l).matches(), l));
    assertTrue(lines.get(0).contains("\"GET /a.txt HTTP/1.1\" 200 5 \"http://r.test/\" \"probe\""));
    assertTrue(lines.get(1).contains("\"GET /app.cgi?x HTTP/1.1\" 200 7 "), lines.get(1));
    assertTrue(lines.get(2).contains("\"GET /a.txt HTTP/1.1\" 304 "), lines.get(2));
    assertTrue(lines.get(3).contains(" 400 "), lines.get(3));
  }

  @Test
  void aRequestWhoseBackendFailsHasOneLine() throws Exception {
    Path log = log();
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.reset();
        });
    RawClient client = connect(before(backend, "logging=1", "access_log=" + log));
    assertEquals(502, client.send(Wire.request("POST", "/app.cgi")).read().status());
    client.send(Wire.get("/a.txt")).read();
    List<String> lines = lines(log, 2);
    assertTrue(lines.get(0).contains("\"POST /app.cgi HTTP/1.1\" 502 "), lines::toString);
    assertTrue(lines.get(1).contains("\"GET /a.txt HTTP/1.1\" 200 "), lines::toString);
  }

  @Test
  void nothingThatAClientSendsIsWrittenUnescaped() throws Exception {
    Path log = log();
    FrontServer server = server("logging=1", "access_log=" + log);
    connect(server)
        .send(Wire.get("/a.txt?\"x", "User-Agent: \"quote\" \\back \u009b31m \u00e9\t"))
        .read();
    connect(server).send(Wire.get("/%0d%0aFake-line", "Referer: \u0080")).read();
    for (String line : lines(log, 2)) {
      assertTrue(COMBINED.matcher(line).matches(), line);
      assertTrue(line.chars().allMatch(c -> c >= 0x20 && c < 0x7f), line);
    }
  }

  @Test
  void theRuleTheCacheAndTheBackendCanBeLogged() throws Exception {
    Path log = log();
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    RawClient client =
        connect(
            before(
                backend,
                "logging=1",
                "access_log=" + log,
                "access_log_format=%s [%{rule}x] [%{cache}x] [%{backend}x]"));
    client.send(Wire.get("/a.txt")).read();
    client.send(Wire.get("/a.txt")).read();
    client.send(Wire.get("/page.php")).read();
    List<String> lines = lines(log, 3);
    assertTrue(lines.get(0).matches("200 \\[-?\\] \\[\\S+\\] \\[-?\\]"), lines.get(0));
    assertTrue(!lines.get(0).equals(lines.get(1)), "a hit is told from a miss: " + lines);
    assertTrue(lines.get(2).contains(backend.setting()), lines.get(2));
    assertTrue(!lines.get(2).contains("[-]") || lines.get(2).indexOf("[-]") > 4, lines.get(2));
  }

  @Test
  void aMethodRefusedInAnyCaseIsLoggedWithItsRuleAndNotTheLastOne() throws Exception {
    Path log = log();
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    String format = "access_log_format=%m %>s %{rule}x";
    RawClient client = connect(before(backend, "logging=1", "access_log=" + log, format));
    client.send(Wire.get("/a.txt?x")).read();
    client.send(Wire.request("TRACE", "/a.txt")).read();
    assertEquals(List.of("GET 200 query", "TRACE 405 method"), lines(log, 2));
  }

  @Test
  void nothingIsWrittenWhenLoggingIsOff() throws Exception {
    Path log = log();
    FrontServer server = server("logging=0", "access_log=" + log);
    connect(server).send(Wire.get("/a.txt")).read();
    connect(server).send(Wire.get("/a.txt", "Connection: close")).readAll();
    assertTrue(!Files.exists(log) || Files.size(log) == 0);
  }
}
