package net.khttpd.real;

import static net.khttpd.frontdoor.harness.Wire.get;
import static net.khttpd.frontdoor.harness.Wire.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.RawClient;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// `./khttpd demo` as a process, and its pages in Chromium.
final class DemoTest {
  private static final String[] PAGES = {"/", "/gallery.html", "/way.html", "/live.html"};

  @ParameterizedTest
  @EnumSource(Engine.class)
  void theDemoServesItsPagesPassesOnTheRestAndLeavesNothingBehind(Engine engine) throws Exception {
    try (Khttpd demo = demo(engine)) {
      String line = demo.line();
      int port = port(line);
      Path root = Path.of(line.replaceAll(".* root=(\\S+).*", "$1"));
      assertTrue(Files.isDirectory(root), line);
      for (String page : PAGES) {
        assertServed(port, page);
      }
      for (String passedOn : List.of("/app/time", "/app/headers", "/app/seen", "/site.css?v=2")) {
        Answer answer = RealWorld.ask(port, get(passedOn));
        assertEquals(200, answer.status(), passedOn);
        assertFalse(answer.text().isEmpty(), passedOn);
      }
      assertEquals(404, RealWorld.ask(port, get("/absent")).status());
      String echo = request("POST", "/app/echo", "Content-Type: text/plain", "Content-Length: 3");
      assertEquals(200, RealWorld.ask(port, echo + "abc").status());
      assertTicks(port);
      demo.signal("INT");
      assertEquals(0, demo.exit(Duration.ofSeconds(15)));
      assertFalse(Files.exists(root));
    }
  }

  private static void assertServed(int port, String page) throws Exception {
    Answer answer = RealWorld.ask(port, get(page));
    assertEquals(200, answer.status(), page);
    assertEquals("khttpd", answer.field("Server").orElse(""), page);
    assertTrue(answer.text().contains("<html"), page);
  }

  /// The first tick of a long answer arrives before its end.
  private static void assertTicks(int port) throws Exception {
    try (var client = new RawClient(port)) {
      client.send(get("/app/stream?n=2"));
      assertTrue(client.head().startsWith("HTTP/1.1 200 "));
      client.exactly(8);
    }
  }

  /// No message on Chromium's console (a file that cannot be loaded is one), no answer above 399.
  @ParameterizedTest
  @CsvSource({"IO_URING,360,780", "EPOLL,1280,900"})
  void chromiumShowsThePagesWithoutAnError(Engine engine, int width, int height) throws Exception {
    Path log = Files.createTempFile("khttpd-access", ".log");
    Path profile = Files.createTempDirectory("khttpd-chromium");
    try (Khttpd demo = demo(engine, "logging=1", "access_log=" + log)) {
      int port = port(demo.line());
      for (String page : PAGES) {
        String name = page.equals("/") ? "index" : page.replaceAll("\\W|html", "");
        Path picture = Path.of("target", "demo-" + name + "-" + width + ".png").toAbsolutePath();
        Files.deleteIfExists(picture);
        String size = width + "," + height;
        String said = Chromium.show(profile, size, picture, Curl.url(port, page));
        assertFalse(said.contains("CONSOLE"), said);
        assertTrue(Files.size(picture) > 0, said);
      }
      demo.signal("TERM");
      assertEquals(0, demo.exit(Duration.ofSeconds(15)));
      List<String> lines = Files.readAllLines(log);
      assertTrue(lines.size() > PAGES.length, "the access log has " + lines.size() + " lines");
      for (String line : lines) {
        assertTrue(line.matches(".*\" [23]\\d\\d .*"), line);
      }
    } finally {
      Files.delete(log);
      Chromium.forget(profile);
    }
  }

  private static Khttpd demo(Engine engine, String... settings) throws Exception {
    var line = new java.util.ArrayList<String>(List.of("demo", "-w", "serverport=0"));
    line.addAll(List.of("-w", "drain=1", "-w", "engine=" + engine.setting()));
    for (String setting : settings) {
      line.addAll(List.of("-w", setting));
    }
    return Khttpd.command(line);
  }

  private static int port(String line) {
    assertTrue(line.startsWith("khttpd: ready http://127.0.0.1:"), line);
    return Integer.parseInt(line.replaceAll(".*127\\.0\\.0\\.1:(\\d+).*", "$1"));
  }
}
