package net.khttpd.http;

import java.lang.foreign.MemorySegment;

/// The head of a request (RFC 9112 §3, §5): where its parts lie, in octets from [#base], and what
/// they say. Filled by the [RequestParser] that owns it, reused for the next request, valid until
/// the parser's next reset; read by the same loop only. Offsets are inclusive at the start and
/// exclusive at the end. Whoever moves the octets parses again, or tells where they are with
/// [#moved].
public final class RequestHead {
  final FieldSection fields;
  MemorySegment bytes = MemorySegment.NULL;
  long base;
  int length;
  Method method = Method.UNKNOWN;
  int methodStart;
  int methodEnd;
  int targetStart;
  int targetEnd;
  TargetForm targetForm = TargetForm.ORIGIN;
  int pathStart;
  int pathEnd;
  int queryStart;
  int queryEnd;
  int authorityStart;
  int authorityEnd;
  boolean plainPath;
  int minorVersion;
  int connectionOptions;
  long framing;
  boolean expectContinue;

  RequestHead(int fieldsMax) {
    fields = new FieldSection(fieldsMax);
    clear();
  }

  void clear() {
    length = 0;
    method = Method.UNKNOWN;
    targetEnd = 0;
    queryStart = -1;
    queryEnd = -1;
    authorityStart = -1;
    authorityEnd = -1;
    plainPath = false;
    connectionOptions = 0;
    framing = MessageFraming.NONE;
    expectContinue = false;
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

  /// Octets of the whole head, empty line and tolerated leading CRLFs included.
  public int length() {
    return length;
  }

  /// Known as soon as its token has been read; [Method#UNKNOWN] before.
  public Method method() {
    return method;
  }

  public int methodStart() {
    return methodStart;
  }

  public int methodEnd() {
    return methodEnd;
  }

  /// Start of the whole request-target.
  public int targetStart() {
    return targetStart;
  }

  public int targetEnd() {
    return targetEnd;
  }

  public TargetForm targetForm() {
    return targetForm;
  }

  /// Start of the path, query left out. Equal to [#pathEnd] when the path is empty: in absolute
  /// form that means `/`; in asterisk and authority form there is no path.
  public int pathStart() {
    return pathStart;
  }

  public int pathEnd() {
    return pathEnd;
  }

  /// The octet after the first `?`, -1 if there is none.
  public int queryStart() {
    return queryStart;
  }

  /// The end of the query, -1 if there is none.
  public int queryEnd() {
    return queryEnd;
  }

  /// Start of the effective `host[:port]`: that of an absolute-form or authority-form target, else
  /// the value of Host; -1 if there is neither (HTTP/1.0).
  public int authorityStart() {
    return authorityStart;
  }

  public int authorityEnd() {
    return authorityEnd;
  }

  /// Whether the path is made of unreserved, sub-delims, `:`, `@` and `/` only, without `//` and
  /// without a segment that begins with a dot: then nothing needs decoding or normalising. True for
  /// an empty path in absolute form.
  public boolean plainPath() {
    return plainPath;
  }

  /// 0 or 1; later minor versions count as 1 (RFC 9110 §2.5).
  public int minorVersion() {
    return minorVersion;
  }

  public FieldSection fields() {
    return fields;
  }

  /// Whether the client wants the connection kept (RFC 9112 §9.3).
  public boolean keepAlive() {
    return ConnectionOptions.keepAlive(connectionOptions, minorVersion);
  }

  /// Whether a Connection field names field `i` so that it goes no further (RFC 9110 §7.6.1).
  /// Fields that [FieldName#removable] protects stay. Hop-by-hop fields are to be removed even if
  /// not named.
  public boolean connectionNames(int i) {
    return (connectionOptions & ConnectionOptions.OTHERS) != 0
        && ConnectionOptions.names(bytes, base, fields, i);
  }

  /// Content-Length, -1 if there is none.
  public long contentLength() {
    return framing >= 0 ? framing : -1;
  }

  public boolean chunked() {
    return framing == MessageFraming.CHUNKED;
  }

  /// Whether octets of a body follow, or may follow: chunked, or a length above 0.
  public boolean bodyAnnounced() {
    return framing > 0 || framing == MessageFraming.CHUNKED;
  }

  /// How the body is delimited.
  public BodyFraming bodyFraming() {
    return BodyFraming.ofRequest(chunked(), contentLength());
  }

  /// Whether the client waits for 100 (Continue). Never for HTTP/1.0 (RFC 9110 §10.1.1).
  public boolean expectContinue() {
    return expectContinue;
  }
}
