package net.khttpd.client;

import net.khttpd.http.Status;

/// What every loop counts, each declared once: kind, name and sentence. `sysctl net.khttpd.stats`,
/// the Prometheus page and docs/statistics.md are made from these constants.
public enum Counter {
  CONNECTIONS("connections", "connections accepted, those turned away included"),
  CONNECTIONS_NOW(Kind.GAUGE, "connections_now", "connections open"),
  REFUSED_CONNECTIONS(
      "refused_connections", "connections turned away beyond maxconnect or maxconnect_client"),
  PROXY_FAILURES(
      "proxy_failures",
      "connections closed because they did not begin with the PROXY header that accept_proxy"
          + " requires"),
  REQUESTS("requests", "request heads taken, malformed ones included"),
  SERVED("served", "requests answered by ourselves: a file, a range of it, 304 or a redirect"),
  PARTIAL("partial", "of those served, answers 206: one or more ranges of a file"),
  NOT_MODIFIED("not_modified", "of those served, answers 304: the client has this version"),
  PASSED_ON(By.RULE, "passed_on", "requests passed on to a backend, by the rule that objected"),
  REFUSED(
      By.STATUS,
      "refused",
      "error answers of ours, by status: to requests, to those that a backend left unanswered, to"
          + " heads that did not come in time, to connections turned away"),
  BYTES_IN("bytes_in", "bytes received from clients, heads and bodies as on the wire"),
  BYTES_OUT("bytes_out", "bytes of clients' answers that the kernel took, as on the wire"),
  CACHE_HITS("cache_hits", "look-ups answered from the cache"),
  CACHE_MISSES("cache_misses", "look-ups that had to wait for the file system"),
  OPENS("opens", "look-ups in the file system begun; requests for one path share one"),
  ENGINE_CALLS("engine_calls", "calls into the kernel by the engine"),
  RESETS("resets", "connections that the client reset or left in the middle"),
  TIMEOUTS("timeouts", "deadlines of clients that passed: idle, head, body, send, look-up"),
  BACKEND_CONNECTS("backend_connects", "connections opened to backends"),
  BACKEND_FAILURES("backend_failures", "connections to backends that failed"),
  RETRIES("retries", "requests sent again after a stale connection or a failed backend"),
  ORDERED_FILES(
      "ordered_files", "of those passed on, requests answered with a file that a backend ordered"),
  ORDER_FAILURES(
      "order_failures", "orders of a backend that named no file beneath internal_root: 404 or 503"),
  HANDED_OVER("handed_over", "of those passed on, requests whose socket was handed over"),
  HANDOVER_FAILURES(
      "handover_failures", "sockets that nobody took in time: relayed, or answered 503"),
  TUNNELS("tunnels", "connections that became a tunnel to a backend (101 Switching Protocols)"),
  TUNNELS_NOW(Kind.GAUGE, "tunnels_now", "tunnels open"),
  READ_AHEADS("read_aheads", "parts of files read by a worker because memory did not hold them"),
  READ_AHEAD_FAILURES(
      "read_ahead_failures",
      "connections reset because a part of a file could not be read, or too many waited for one"),
  ACCEPT_FAILURES("accept_failures", "times that accepting rested for want of descriptors");

  /// What a value does over time.
  public enum Kind {
    /// It only grows while the server lives.
    COUNTER("counter"),
    /// It rises and falls.
    GAUGE("gauge");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /// By what the parts of a counter are told apart; their sum is the counter.
  public enum By {
    NOTHING("", 1),
    /// The index is that of the rule; there is room for more rules than there are.
    RULE("rule", 32),
    /// The index is that of [Status].
    STATUS("status", Status.values().length);

    private final String word;
    private final int parts;

    By(String word, int parts) {
      this.word = word;
      this.parts = parts;
    }

    public String word() {
      return word;
    }

    public int parts() {
      return parts;
    }
  }

  private final Kind kind;
  private final By by;
  private final String label;
  private final String sentence;

  Counter(String label, String sentence) {
    this(Kind.COUNTER, By.NOTHING, label, sentence);
  }

  Counter(Kind kind, String label, String sentence) {
    this(kind, By.NOTHING, label, sentence);
  }

  Counter(By by, String label, String sentence) {
    this(Kind.COUNTER, by, label, sentence);
  }

  Counter(Kind kind, By by, String label, String sentence) {
    this.kind = kind;
    this.by = by;
    this.label = label;
    this.sentence = sentence;
  }

  public Kind kind() {
    return kind;
  }

  public By by() {
    return by;
  }

  public String label() {
    return label;
  }

  public String sentence() {
    return sentence;
  }
}
