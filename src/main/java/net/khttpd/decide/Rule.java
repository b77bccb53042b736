package net.khttpd.decide;

/// The numbered rules. A request that no rule objects to is plainly static; the first rule that
/// objects is the reason for passing it on, in the log, in the counters, in `explain` and in
/// docs/rules.md.
///
/// Their order is that of the request's way: first what the head alone says, cheapest and most
/// frequent first, so that most dynamic requests never touch the file system; then what the opened
/// file says. Within the head, framing comes before everything else, because a body that we do not
/// read would be taken for the next request.
public enum Rule {
  METHOD(1, "method", "the method is GET or HEAD", Alone.NOT_ALLOWED),
  BODY(2, "body", "no body is announced", Alone.NOT_ALLOWED),
  UPGRADE(3, "upgrade", "no other protocol is asked for", Alone.NOT_ALLOWED),
  HOST(
      4,
      "host",
      "the host is one of `hosts` and has a `vhost`, where these name any",
      Alone.SERVED_IF_OURS),
  AUTHORIZATION(
      5, "authorization", "no credentials are sent, or `pass_authorization` is 0", Alone.SERVED),
  QUERY(6, "query", "there is no query, or `query` says to ignore it", Alone.SERVED),
  ENCODING(
      7,
      "encoding",
      "the path hides no separator or control in its encoding, and is UTF-8",
      Alone.NOT_FOUND),
  DYNAMIC(8, "dynamic", "no string of `dynamic` is in the decoded path", Alone.NOT_FOUND),
  DOTFILE(
      9,
      "dotfile",
      "no segment begins with a dot, save .well-known, or is WEB-INF or META-INF",
      Alone.NOT_FOUND),
  ACTIVE(10, "active", "the name has no extension of `active`", Alone.NOT_FOUND),
  EXISTS(
      11,
      "exists",
      "the file exists beneath the document root, or one of `try` does",
      Alone.NOT_FOUND),
  OUTSIDE(12, "outside", "no link leads out of the document root", Alone.NOT_FOUND),
  DIRECTORY(
      13,
      "directory",
      "it is not a directory, or `index` names a file in it, or `autoindex` is 1",
      Alone.NOT_FOUND),
  REGULAR(14, "regular", "it is a regular file", Alone.NOT_FOUND),
  PERM_REQUIRED(15, "perm_required", "the mode has all bits of `perm_required`", Alone.NOT_FOUND),
  PERM_FORBID(16, "perm_forbid", "the mode has no bit of `perm_forbid`", Alone.NOT_FOUND),
  MARKER(17, "marker", "no directory on the way holds a `marker` file", Alone.SERVED),
  TYPE(18, "type", "its media type is known, or `sloppymime` is 1", Alone.SERVED);

  /// What an objection means where there is no backend.
  public enum Alone {
    /// It is no objection.
    SERVED("served all the same"),
    /// It is no objection, save to a host without a `vhost` where there are some.
    SERVED_IF_OURS("served all the same; 404 without a `vhost`"),
    NOT_FOUND("404"),
    /// 405, or 501 for a method that nobody knows.
    NOT_ALLOWED("405 with Allow; 501 for an unknown method");

    private final String words;

    Alone(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }

  private final int number;
  private final String label;
  private final String sentence;
  private final Alone alone;

  Rule(int number, String label, String sentence, Alone alone) {
    this.number = number;
    this.label = label;
    this.sentence = sentence;
    this.alone = alone;
  }

  public int number() {
    return number;
  }

  /// One word, as logs and counters show it.
  public String label() {
    return label;
  }

  /// Whether the head alone decides it, before any file is looked up.
  public boolean ofHead() {
    return compareTo(EXISTS) < 0;
  }

  /// What must hold for the rule not to object.
  public String sentence() {
    return sentence;
  }

  public Alone alone() {
    return alone;
  }
}
