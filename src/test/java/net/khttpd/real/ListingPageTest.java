package net.khttpd.real;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.Site;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A listing in Chromium: its own style and script are allowed, and nothing that a name brings.
final class ListingPageTest {
  private static final List<String> NAMES =
      List.of(
          "photos/a.jpg",
          "releases/khttpd-0.1.0.tar.gz",
          "Anleitung für Größen.pdf",
          "notes10.txt",
          "notes9.txt",
          "README",
          "\"><img src=x onerror=alert(1)>.txt",
          "javascript:alert(1)",
          "a\u202Etxt.exe",
          "日本語.html");

  /// A policy that is broken, a script that fails and an image that is looked for would each be a
  /// message on the console.
  @ParameterizedTest
  @CsvSource({"IO_URING,390,700", "EPOLL,1100,700"})
  void chromiumShowsAListingWithoutAWord(Engine engine, int width, int height) throws Exception {
    Path profile = Files.createTempDirectory("khttpd-chromium");
    try (Site site = new Site()) {
      for (String name : NAMES) {
        site.file("pub/files/" + name, "x".repeat(name.length() * 977));
      }
      try (Khttpd server = Khttpd.run(engine, site.root(), "autoindex=1")) {
        Path picture = Path.of("target", "listing-" + width + ".png").toAbsolutePath();
        Files.deleteIfExists(picture);
        String url = Curl.url(server.port(), "/pub/files/");
        String said = Chromium.show(profile, width + "," + height, picture, url);
        assertFalse(said.contains("CONSOLE"), said);
        assertTrue(Files.size(picture) > 0, said);
      }
    } finally {
      Chromium.forget(profile);
    }
  }
}
