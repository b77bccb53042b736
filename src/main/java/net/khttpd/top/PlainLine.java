package net.khttpd.top;

import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// A change in one line of plain columns, for a pipe or a file: numbers without units, so that
/// awk(1) can read them.
final class PlainLine {
  /// Lines between two headings.
  static final int HEADING_EVERY = 20;

  static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  private static final String[] COLUMNS = {
    "req/s", "served", "passed_on", "refused", "p50_us", "p99_us", "open", "hits_%", "calls/req"
  };

  private PlainLine() {}

  static String heading() {
    var text = new StringBuilder("    time");
    for (String column : COLUMNS) {
      text.append(String.format(Locale.ROOT, "%10s", column));
    }
    return text.toString();
  }

  /// Rates a second, times of what was served, connections open, the share of cache hits.
  static String of(Change change, LocalTime time) {
    double[] values = {
      change.rate("requests"),
      change.rate("served"),
      change.rate("passed_on"),
      change.rate("refused"),
      change.percentileNanos("latency.served", 0.5) / 1e3,
      change.percentileNanos("latency.served", 0.99) / 1e3,
      change.now("connections_now"),
      100 * change.hitShare(),
    };
    var text = new StringBuilder(time.format(CLOCK));
    for (double value : values) {
      text.append(String.format(Locale.ROOT, "%10.0f", value));
    }
    double calls = change.ratio("engine_calls", "requests");
    return text.append(String.format(Locale.ROOT, "%10.2f", calls)).toString();
  }
}
