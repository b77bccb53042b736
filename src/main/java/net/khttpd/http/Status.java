package net.khttpd.http;

import java.nio.charset.StandardCharsets;

/// The status codes we answer ourselves, with the reason phrases of their RFCs (RFC 9110 §15; 431:
/// RFC 6585 §5; 508: RFC 5842 §7.2). What a backend answers is passed through as it is.
public enum Status {
  CONTINUE(100, "Continue"),
  OK(200, "OK"),
  NO_CONTENT(204, "No Content"),
  PARTIAL_CONTENT(206, "Partial Content"),
  MOVED_PERMANENTLY(301, "Moved Permanently"),
  NOT_MODIFIED(304, "Not Modified"),
  PERMANENT_REDIRECT(308, "Permanent Redirect"),
  BAD_REQUEST(400, "Bad Request"),
  FORBIDDEN(403, "Forbidden"),
  NOT_FOUND(404, "Not Found"),
  METHOD_NOT_ALLOWED(405, "Method Not Allowed"),
  REQUEST_TIMEOUT(408, "Request Timeout"),
  LENGTH_REQUIRED(411, "Length Required"),
  PRECONDITION_FAILED(412, "Precondition Failed"),
  CONTENT_TOO_LARGE(413, "Content Too Large"),
  URI_TOO_LONG(414, "URI Too Long"),
  RANGE_NOT_SATISFIABLE(416, "Range Not Satisfiable"),
  EXPECTATION_FAILED(417, "Expectation Failed"),
  MISDIRECTED_REQUEST(421, "Misdirected Request"),
  REQUEST_HEADER_FIELDS_TOO_LARGE(431, "Request Header Fields Too Large"),
  INTERNAL_SERVER_ERROR(500, "Internal Server Error"),
  NOT_IMPLEMENTED(501, "Not Implemented"),
  BAD_GATEWAY(502, "Bad Gateway"),
  SERVICE_UNAVAILABLE(503, "Service Unavailable"),
  GATEWAY_TIMEOUT(504, "Gateway Timeout"),
  HTTP_VERSION_NOT_SUPPORTED(505, "HTTP Version Not Supported"),
  LOOP_DETECTED(508, "Loop Detected");

  private final int code;
  private final String reason;

  Status(int code, String reason) {
    this.code = code;
    this.reason = reason;
  }

  public int code() {
    return code;
  }

  public String reason() {
    return reason;
  }

  /// The field lines that every answer of ours with this status bears, whatever its body.
  public String fields() {
    return switch (this) {
      case METHOD_NOT_ALLOWED -> "Allow: GET, HEAD\r\n";
      case SERVICE_UNAVAILABLE -> "Retry-After: 1\r\n";
      default -> "";
    };
  }

  /// A new array with the status line, CRLF included: `HTTP/1.1 404 Not Found`. The version is
  /// ours, whatever the client's (RFC 9110 §2.5). Cold: for heads that are made once.
  public byte[] line() {
    return ("HTTP/1.1 " + code + " " + reason + "\r\n").getBytes(StandardCharsets.US_ASCII);
  }
}
