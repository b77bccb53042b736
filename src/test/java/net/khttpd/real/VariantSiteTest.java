package net.khttpd.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.Site;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A site whose variants `./khttpd precompress` has made, as curl and Chromium see it.
final class VariantSiteTest {
  private static final String PAGE =
      """
      <!doctype html><title>Variants</title><link rel=stylesheet href=/style.css>
      <body><p>text</p><script src=/script.js></script>
      <script>
        const color = getComputedStyle(document.body).color;
        if (color !== 'rgb(1, 2, 3)') console.error('the style is missing: ' + color);
        if (window.loaded !== 'script') console.error('the script is missing');
      </script>
      """;
  private static final String STYLE =
      "body { color: rgb(1, 2, 3) }\n" + "/* filler */\n".repeat(99);
  private static final String SCRIPT = "window.loaded = 'script';\n" + "// filler\n".repeat(99);
  private static Site site;

  @BeforeAll
  static void begin() throws Exception {
    site = new Site();
    site.file("index.html", PAGE).file("style.css", STYLE).file("script.js", SCRIPT);
    var made = Khttpd.ended("precompress", "" + site.root());
    assertEquals(0, made.exit(), made::err);
    assertTrue(made.out().contains("9 made"), made.out());
  }

  @AfterAll
  static void end() throws Exception {
    site.close();
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void curlDecodesWhatItAskedFor(Engine engine) throws Exception {
    try (Khttpd khttpd = Khttpd.run(engine, site.root())) {
      String url = Curl.url(khttpd.port(), "/style.css");
      String head = Curl.text("-sD", "-", "-o", "/dev/null", "--compressed", url);
      assertTrue(head.contains("Content-Encoding: "), head);
      assertTrue(head.contains("Vary: Accept-Encoding"), head);
      assertTrue(head.contains("Content-Type: text/css"), head);
      assertEquals(STYLE, Curl.text("--compressed", url));
      assertEquals(STYLE, Curl.text(url));
      assertEquals(
          Curl.of(site.root().resolve("style.css.gz")),
          Curl.body("-H", "Accept-Encoding: gzip", url));
    }
  }

  /// Chromium accepts br from 127.0.0.1; the log tells how many bytes it was sent. What it makes of
  /// them does not depend on the engine.
  @Test
  void chromiumShowsTheSiteFromItsVariants() throws Exception {
    Path log = Files.createTempFile("khttpd-access", ".log");
    Path profile = Files.createTempDirectory("khttpd-chromium");
    Path picture = Files.createTempFile("khttpd-variants", ".png");
    try (Khttpd khttpd =
        Khttpd.run(Engine.IO_URING, site.root(), "logging=1", "access_log=" + log)) {
      String said = Chromium.show(profile, "400,300", picture, Curl.url(khttpd.port(), "/"));
      assertFalse(said.contains("CONSOLE"), said);
      khttpd.signal("TERM");
      assertEquals(0, khttpd.exit(Duration.ofSeconds(15)));
      List<String> lines = Files.readAllLines(log);
      assertSent(lines, "/ ", "index.html.br");
      assertSent(lines, "/style.css ", "style.css.br");
      assertSent(lines, "/script.js ", "script.js.br");
    } finally {
      Files.delete(log);
      Files.delete(picture);
      Chromium.forget(profile);
    }
  }

  private static void assertSent(List<String> log, String target, String file) throws Exception {
    long size = Files.size(site.root().resolve(file));
    assertTrue(
        log.stream().anyMatch(l -> l.contains("GET " + target) && l.contains("\" 200 " + size)),
        () -> target + "was not sent as " + file + " of " + size + " bytes: " + log);
  }
}
