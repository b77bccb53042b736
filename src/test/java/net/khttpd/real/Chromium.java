package net.khttpd.real;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Headless Chromium: loads a page, lets its scripts run for three seconds of virtual time, takes a
/// picture.
final class Chromium {
  private static final int DEADLINE_SECONDS = 90;
  private static final int LOOK_AGAIN_MILLIS = 20;

  private Chromium() {}

  /// What Chromium said, the page's console (`CONSOLE`) among it.
  static String show(Path profile, String size, Path picture, String url) throws Exception {
    Path said = Files.createTempFile("khttpd-chromium", ".log");
    String[] more = {
      "--window-size=" + size, "--virtual-time-budget=3000", "--screenshot=" + picture, url
    };
    Process chromium = start(profile, said, more);
    try {
      if (!chromium.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("Chromium does not end: " + Files.readString(said));
      }
      return Files.readString(said);
    } finally {
      end(chromium);
      Files.delete(said);
    }
  }

  /// Shows a page in real time until `enough` says so. What Chromium said if it does not.
  static void watch(Path profile, String url, Callable<Boolean> enough) throws Exception {
    Path said = Files.createTempFile("khttpd-chromium", ".log");
    Process chromium =
        start(profile, said, "--autoplay-policy=no-user-gesture-required", "--mute-audio", url);
    try {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
      while (!enough.call()) {
        boolean over = chromium.waitFor(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        if (over || System.nanoTime() > end) {
          throw new AssertionError("Chromium has not come so far: " + Files.readString(said));
        }
      }
    } finally {
      end(chromium);
      Files.delete(said);
    }
  }

  private static Process start(Path profile, Path said, String... more) throws IOException {
    var command =
        new ArrayList<String>(
            List.of(
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
                "--user-data-dir=" + profile));
    command.addAll(List.of(more));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(said.toFile())
        .start();
  }

  /// And waits until it is gone: it writes into its profile to the last.
  private static void end(Process chromium) throws InterruptedException {
    List<ProcessHandle> all = new ArrayList<>(chromium.descendants().toList());
    all.add(chromium.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle each : all) {
      try {
        each.onExit().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        throw new AssertionError("a process of Chromium does not end", e);
      }
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
