package net.khttpd.precompress;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import net.khttpd.http.ContentCoding;

/// What a run has come to. Thread-safe.
public final class Totals {
  /// Sentences kept of each kind; more are counted.
  private static final int MOST_TOLD = 20;

  private final Map<ContentCoding, Made> made = new EnumMap<>(ContentCoding.class);
  private final List<String> failures = new ArrayList<>();
  private final List<Path> orphans = new ArrayList<>();
  private long looked;
  private long wantedVariants;
  private long wantedBytes;
  private long doneVariants;
  private long doneBytes;
  private long upToDate;
  private long notWorthIt;
  private long stale;
  private long failed;
  private long orphaned;

  private record Made(long count, long before, long after) {}

  synchronized void looked() {
    looked++;
  }

  synchronized void wanted(List<Variant> variants) {
    wantedVariants = variants.size();
    wantedBytes = variants.stream().mapToLong(Variant::size).sum();
  }

  synchronized void upToDate() {
    upToDate++;
  }

  synchronized void removedStale() {
    stale++;
  }

  synchronized void orphan(Path variant) {
    orphaned++;
    if (orphans.size() < MOST_TOLD) {
      orphans.add(variant);
    }
  }

  synchronized void made(Variant variant, long length) {
    Made before = made.getOrDefault(variant.coding(), new Made(0, 0, 0));
    made.put(
        variant.coding(),
        new Made(before.count + 1, before.before + variant.size(), before.after + length));
  }

  synchronized void notWorthIt() {
    notWorthIt++;
  }

  synchronized void failed(Path path, Throwable why) {
    failed++;
    if (failures.size() < MOST_TOLD) {
      failures.add(path + ": " + reason(why));
    }
  }

  synchronized void done(Variant variant) {
    doneVariants++;
    doneBytes += variant.size();
  }

  private static String reason(Throwable why) {
    if (why instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (why instanceof FileSystemException e && e.getReason() != null) {
      return e.getReason();
    }
    boolean told = why instanceof IOException && why.getMessage() != null;
    return told ? String.valueOf(why.getMessage()) : why.toString();
  }

  synchronized long wantedVariants() {
    return wantedVariants;
  }

  synchronized long wantedBytes() {
    return wantedBytes;
  }

  synchronized long doneVariants() {
    return doneVariants;
  }

  synchronized long doneBytes() {
    return doneBytes;
  }

  /// Whether something could not be done.
  public synchronized boolean anyFailed() {
    return failed > 0;
  }

  /// A sentence for each failure, bounded.
  public synchronized List<String> failures() {
    return told(failures, failed, "failures");
  }

  /// The variants without an original, bounded.
  public synchronized List<String> orphans() {
    List<String> lines =
        orphans.stream().map(o -> o + " has no original: it is never sent in its place").toList();
    return told(lines, orphaned, "orphans");
  }

  private static List<String> told(List<String> lines, long count, String what) {
    if (count <= lines.size()) {
      return List.copyOf(lines);
    }
    var all = new ArrayList<>(lines);
    all.add("and %d more %s".formatted(count - lines.size(), what));
    return all;
  }

  /// A line for each coding, and one for the rest.
  public synchronized List<String> summary(boolean dryRun) {
    var lines = new ArrayList<String>();
    String word = dryRun ? "would be made" : "made";
    made.forEach((coding, sum) ->
        lines.add(
            "%-4s  %d %s, %s -> %s (%d %% less)"
                .formatted(
                    coding.token(),
                    sum.count,
                    word,
                    size(sum.before),
                    size(sum.after),
                    100 - Math.round(100.0 * sum.after / sum.before))));
    long all = made.values().stream().mapToLong(Made::count).sum();
    lines.add(
        "%d files; variants: %d %s, %d up to date, %d not worth it, %d orphaned, %d failed%s"
            .formatted(
                looked,
                all,
                word,
                upToDate,
                notWorthIt,
                orphaned,
                failed,
                stale == 0 ? "" : "; " + stale + " left by a run that died removed"));
    return lines;
  }

  static String size(long bytes) {
    if (bytes < 10_000) {
      return bytes + " B";
    }
    return bytes < 10_000_000 ? bytes / 1000 + " kB" : bytes / 1_000_000 + " MB";
  }
}
