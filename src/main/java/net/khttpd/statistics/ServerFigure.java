package net.khttpd.statistics;

import net.khttpd.client.Counter.Kind;

/// What is counted once for all loops, each declared once, beside [net.khttpd.client.Counter].
public enum ServerFigure {
  LOOPS(Kind.GAUGE, "loops", "loops that serve"),
  CACHE_FILES(Kind.GAUGE, "cache_files", "paths remembered, absent ones included"),
  CACHE_BYTES(Kind.GAUGE, "cache_bytes", "bytes of file bodies in memory"),
  CACHE_DESCRIPTORS(Kind.GAUGE, "cache_descriptors", "files kept open for sendfile"),
  BACKEND_QUEUE(Kind.GAUGE, "backend_queue", "requests that wait for a connection to a backend"),
  LOG_DROPPED(Kind.COUNTER, "log_dropped", "lines of the access log that were lost");

  private final Kind kind;
  private final String label;
  private final String sentence;

  ServerFigure(Kind kind, String label, String sentence) {
    this.kind = kind;
    this.label = label;
    this.sentence = sentence;
  }

  public Kind kind() {
    return kind;
  }

  public String label() {
    return label;
  }

  public String sentence() {
    return sentence;
  }
}
