package net.khttpd.http;

import java.lang.foreign.MemorySegment;

/// The head of a backend's response (RFC 9112 §4, §5): where its parts lie, in octets from [#base],
/// and what they say. Filled by the [ResponseParser] that owns it, reused for the next response,
/// valid until the parser's next reset; read by the same loop only.
public final class ResponseHead {
  final FieldSection fields;
  MemorySegment bytes = MemorySegment.NULL;
  long base;
  int length;
  int minorVersion;
  int status;
  int reasonStart;
  int reasonEnd;
  int connectionOptions;
  long framing;

  ResponseHead(int fieldsMax) {
    fields = new FieldSection(fieldsMax);
    clear();
  }

  void clear() {
    length = 0;
    status = 0;
    reasonStart = 0;
    reasonEnd = 0;
    connectionOptions = 0;
    framing = MessageFraming.NONE;
  }

  /// The segment that held the head when it was last parsed or moved.
  public MemorySegment bytes() {
    return bytes;
  }

  /// Where octet 0 of the head is in [#bytes].
  public long base() {
    return base;
  }

  /// Says that the same octets now lie elsewhere.
  public void moved(MemorySegment newBytes, long newBase) {
    bytes = newBytes;
    base = newBase;
  }

  /// The octet at an offset, as 0..255.
  public int octet(int offset) {
    return Octets.at(bytes, base + offset);
  }

  /// Octets of the whole head, empty line included.
  public int length() {
    return length;
  }

  /// 0 or 1; later minor versions count as 1 (RFC 9110 §2.5).
  public int minorVersion() {
    return minorVersion;
  }

  /// 100..599.
  public int status() {
    return status;
  }

  /// Start of the reason phrase, which may be empty.
  public int reasonStart() {
    return reasonStart;
  }

  public int reasonEnd() {
    return reasonEnd;
  }

  public FieldSection fields() {
    return fields;
  }

  /// Whether the backend keeps the connection (RFC 9112 §9.3). A body delimited by close ends it
  /// nevertheless.
  public boolean keepAlive() {
    return ConnectionOptions.keepAlive(connectionOptions, minorVersion);
  }

  /// Whether a Connection field names field `i` so that it goes no further, see
  /// [RequestHead#connectionNames].
  public boolean connectionNames(int i) {
    return (connectionOptions & ConnectionOptions.OTHERS) != 0
        && ConnectionOptions.names(bytes, base, fields, i);
  }

  /// Content-Length, -1 if there is none. With HEAD and 304 it tells of a body that does not
  /// follow.
  public long contentLength() {
    return framing >= 0 ? framing : -1;
  }

  public boolean chunked() {
    return framing == MessageFraming.CHUNKED;
  }

  /// How the body is delimited when this answers a request with this method.
  public BodyFraming bodyFraming(Method request) {
    return BodyFraming.ofResponse(request, status, chunked(), contentLength());
  }
}
