package net.khttpd.corpus;

/// Everything in which an application sees a request through us, or a client an answer, otherwise
/// than directly; [Differences] applies them. The page docs/passing-on.md has the same sentences.
public enum Difference {
  VERSION("request line, status line", "HTTP/1.1: what is written anew speaks our version"),
  TARGET(
      "an absolute-form target", "is the origin-form; its authority is Host, whatever Host said"),
  HOST("a request without Host (HTTP/1.0)", "has the backend's own address as Host"),
  HOP_BY_HOP(
      "Connection, Keep-Alive, Proxy-Connection, TE, Transfer-Encoding, Upgrade, HTTP2-Settings and"
          + " what Connection names",
      "are those of our connection, not of the other (both ways)"),
  PROXY("Proxy", "stays behind"),
  FORWARDED(
      "X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host, X-Real-IP, Forwarded",
      "are ours; the client's own only if it is in `trust`"),
  VIA("Via", "has us as its last, in a line of its own (`via=1`)"),
  REQUEST_ID("X-Request-Id", "may be there where the client sent none"),
  BLANKS("white space around the value of a field", "is one blank before it"),
  CHUNKS("a chunked body", "has other chunks, no extensions; the octets are the same"),
  TRAILERS(
      "trailers",
      "lack the fields that RFC 9110 §6.5.1 forbids there; to a client of HTTP/1.0 there are none"),
  UNTIL_CLOSE("a body that ends with the connection", "is chunked, so that its end is known"),
  HTTP10(
      "a client of HTTP/1.0",
      "gets no interim answers (1xx), and chunks as a body that ends with the connection"),
  REASON("a status line without reason and blank", "has the blank (RFC 9112 §4)");

  private final String what;
  private final String sentence;

  Difference(String what, String sentence) {
    this.what = what;
    this.sentence = sentence;
  }

  /// The row of the page.
  String row() {
    return "| " + what + " | " + sentence + " |";
  }
}
