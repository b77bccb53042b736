package net.khttpd.http;

/// How the end of a message body is found (RFC 9112 §6.3).
public enum BodyFraming {
  /// No octet follows the head.
  NONE,
  /// As many octets as Content-Length says, at least one.
  LENGTH,
  /// Chunks, the last one and trailers: [ChunkedDecoder].
  CHUNKED,
  /// All octets until the connection is closed; only in responses.
  UNTIL_CLOSE;

  /// For a request; `contentLength` is -1 when absent.
  public static BodyFraming ofRequest(boolean chunked, long contentLength) {
    if (chunked) {
      return CHUNKED;
    }
    return contentLength > 0 ? LENGTH : NONE;
  }

  /// For the response with this status to a request with this method; `contentLength` is -1 when
  /// absent. A 2xx to CONNECT would begin a tunnel; CONNECT is never passed on.
  public static BodyFraming ofResponse(
      Method request, int status, boolean chunked, long contentLength) {
    if (request == Method.HEAD || status < 200 || status == 204 || status == 304) {
      return NONE;
    }
    if (chunked) {
      return CHUNKED;
    }
    if (contentLength < 0) {
      return UNTIL_CLOSE;
    }
    return contentLength > 0 ? LENGTH : NONE;
  }
}
