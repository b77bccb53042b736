package net.khttpd.real;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;

/// Headless Chromium: loads a page, lets its scripts run for three seconds of virtual time, takes a
/// picture.
final class Chromium {
  private static final int DEADLINE_SECONDS = 90;

  private Chromium() {}

  /// What Chromium said, the page's console (`CONSOLE`) among it.
  static String show(Path profile, String size, Path picture, String url) throws Exception {
    Path said = Files.createTempFile("khttpd-chromium", ".log");
    Process chromium =
        new ProcessBuilder(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--no-proxy-server",
                "--hide-scrollbars",
                "--enable-logging=stderr",
                "--user-data-dir=" + profile,
                "--window-size=" + size,
                "--virtual-time-budget=3000",
                "--screenshot=" + picture,
                url)
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      if (!chromium.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("Chromium does not end: " + Files.readString(said));
      }
      return Files.readString(said);
    } finally {
      chromium.descendants().forEach(ProcessHandle::destroyForcibly);
      chromium.destroyForcibly();
      Files.delete(said);
    }
  }

  /// Removes a profile and all in it.
  static void forget(Path profile) throws IOException {
    try (var files = Files.walk(profile)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
