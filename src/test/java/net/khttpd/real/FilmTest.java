package net.khttpd.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.khttpd.frontdoor.harness.Received;
import net.khttpd.frontdoor.harness.RecordingBackend;
import org.junit.jupiter.api.Test;

/// Headless Chromium plays a film from its middle, which it can only by ranges.
final class FilmTest extends RealWorld {
  private static final int SECONDS = 60;
  private static final int PADDING = 200_000;

  /// The page seeks, plays a second, and tells the backend what came of it.
  private static final String PAGE =
      """
      <!doctype html><title>Film</title><video id=film src=film.webm preload=auto muted></video>
      <script>
        const film = document.getElementById('film');
        const tell = what => fetch('/tell?' + encodeURIComponent(what));
        film.onerror = () => tell('error ' + film.error.message);
        film.onloadedmetadata = () => { film.currentTime = 45; };
        film.onseeked = () => film.play().catch(e => tell('error ' + e));
        film.ontimeupdate = () => {
          if (film.currentTime > 45.5) {
            film.ontimeupdate = null;
            tell('played ' + film.duration);
          }
        };
      </script>
      """;

  private int us;
  private RecordingBackend backend;
  private Path log;

  @Override
  void start() throws Exception {
    site.file("film.webm", Webm.film(SECONDS, PADDING)).file("film.html", PAGE);
    backend = own(RecordingBackend.ok());
    log = site.outside().resolve("access.log");
    String[] settings = {
      "backend=" + backend.setting(),
      "logging=1",
      "access_log=" + log,
      "access_log_format=%U %>s %B"
    };
    us = own(Khttpd.run(engine, site.root(), settings)).port();
  }

  @Test
  void chromiumPlaysAFilmFromItsMiddleByRanges() throws Exception {
    Path profile = Files.createTempDirectory("khttpd-chromium");
    var told = new ArrayList<String>();
    try {
      Chromium.watch(profile, Curl.url(us, "/film.html"), () -> heard(told));
      assertEquals(List.of("GET /tell?played%20" + SECONDS + " HTTP/1.1"), told);
      List<String> films =
          Files.readAllLines(log).stream().filter(l -> l.startsWith("/film.webm ")).toList();
      assertTrue(films.size() > 1, "film asked for once: " + films);
      for (String film : films) {
        assertTrue(film.startsWith("/film.webm 206 "), film);
      }
    } finally {
      Chromium.forget(profile);
    }
  }

  private boolean heard(List<String> told) {
    for (Received received : backend.drain()) {
      if (received.requestLine().contains("/tell")) {
        told.add(received.requestLine());
      }
    }
    return !told.isEmpty();
  }
}
