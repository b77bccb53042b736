package net.khttpd.frontdoor.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this process holds of the kernel: descriptors, threads of the server's, rings mapped into
/// memory. Two of the same are equal.
public record Footprint(long descriptors, long threads, long rings) {
  private static final long DEADLINE_NANOS = 15_000_000_000L;

  /// As it is now.
  public static Footprint now() throws IOException {
    long descriptors;
    try (var list = Files.list(Path.of("/proc/self/fd"))) {
      descriptors = list.count();
    }
    long rings;
    try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
      rings = lines.filter(line -> line.contains("io_uring")).count();
    }
    return new Footprint(descriptors, loops(), rings);
  }

  /// What it holds once the directories of its files are watched: that begins, on a worker, after
  /// the first file has been delivered, and takes two descriptors.
  public static Footprint whenWatching() throws IOException {
    long end = System.nanoTime() + DEADLINE_NANOS;
    while (Thread.getAllStackTraces().keySet().stream()
        .noneMatch(thread -> thread.getName().equals("khttpd-inotify"))) {
      if (System.nanoTime() > end) {
        throw new AssertionError("nothing is watched");
      }
      Thread.onSpinWait();
    }
    return now();
  }

  /// All mappings of this process, those of the JVM included.
  public static long mappings() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.count();
    }
  }

  /// Threads that are loops.
  public static long loops() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("khttpd-\\d+"))
        .count();
  }

  /// Waits until the process holds no more than this.
  public void awaitAtMost() throws IOException {
    long end = System.nanoTime() + DEADLINE_NANOS;
    Footprint now = now();
    while (now.descriptors > descriptors || now.threads > threads || now.rings > rings) {
      if (System.nanoTime() > end) {
        throw new AssertionError(now + " is left of " + this);
      }
      Thread.onSpinWait();
      now = now();
    }
  }
}
