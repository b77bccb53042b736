package net.khttpd.client;

/// The counters of a loop, each declared once: name and sentence.
public enum Counter {
  CONNECTIONS("connections", "connections accepted"),
  REFUSED_CONNECTIONS("refused_connections", "connections beyond maxconnect or maxconnect_client"),
  REQUESTS("requests", "request heads taken"),
  SERVED("served", "requests answered from files"),
  PASSED_ON("passed_on", "requests passed on to a backend"),
  REFUSED("refused", "requests answered with an error of ours"),
  BYTES_OUT("bytes_out", "bytes handed to clients' sockets"),
  CACHE_HITS("cache_hits", "look-ups answered from the cache"),
  CACHE_MISSES("cache_misses", "look-ups that went to the file system"),
  RESETS("resets", "connections that the client reset or left in the middle"),
  TIMEOUTS("timeouts", "connections closed, or look-ups given up, because a deadline had passed"),
  BACKEND_CONNECTS("backend_connects", "connections opened to backends"),
  BACKEND_FAILURES("backend_failures", "connections to backends that failed"),
  RETRIES("retries", "requests sent again after a stale connection or a failed backend"),
  READ_AHEADS("read_aheads", "parts of files read by a worker because memory did not hold them"),
  READ_AHEAD_FAILURES(
      "read_ahead_failures",
      "connections reset because a part of a file could not be read, or too many waited for one"),
  ACCEPT_FAILURES("accept_failures", "times that accepting rested for want of descriptors");

  private final String label;
  private final String sentence;

  Counter(String label, String sentence) {
    this.label = label;
    this.sentence = sentence;
  }

  public String label() {
    return label;
  }

  public String sentence() {
    return sentence;
  }
}
