package net.khttpd.statistics;

/// What is told of each [net.khttpd.client.Latency], each declared once.
public enum LatencyFigure {
  COUNT("count", "how many were measured"),
  MEAN("mean_us", "their mean in microseconds"),
  P50("p50_us", "what half of them did not exceed"),
  P90("p90_us", "what 90 % did not exceed"),
  P99("p99_us", "what 99 % did not exceed"),
  P999("p999_us", "what 99.9 % did not exceed"),
  BUCKETS(
      "buckets_ns",
      "the histogram: END:COUNT of each bucket with anything in it, END excluded, in nanoseconds");

  private final String label;
  private final String sentence;

  LatencyFigure(String label, String sentence) {
    this.label = label;
    this.sentence = sentence;
  }

  public String label() {
    return label;
  }

  public String sentence() {
    return sentence;
  }

  /// Its value as text.
  String of(Distribution times) {
    return switch (this) {
      case COUNT -> Long.toString(times.count());
      case MEAN -> micros(times.count() == 0 ? 0 : times.sumNanos() / times.count());
      case P50 -> micros(times.percentileNanos(0.5));
      case P90 -> micros(times.percentileNanos(0.9));
      case P99 -> micros(times.percentileNanos(0.99));
      case P999 -> micros(times.percentileNanos(0.999));
      case BUCKETS -> times.text();
    };
  }

  private static String micros(long nanos) {
    return Long.toString((nanos + 500) / 1000);
  }
}
