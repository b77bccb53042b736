package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// What the fields of a head say about its body: Content-Length and Transfer-Encoding, read so
/// strictly that no other reader can understand them otherwise (RFC 9112 §6, §11.2). Stateless.
final class MessageFraming {
  /// No body is framed by the fields.
  static final long NONE = -1;

  static final long CHUNKED = -2;

  /// Contradictory or malformed: 400 of a client, 502 of a backend.
  static final long MALFORMED = -3;

  /// A well-formed transfer coding that we do not know: 501 of a client, 502 of a backend.
  static final long UNKNOWN_CODING = -4;

  static final long NAMES = FieldName.CONTENT_LENGTH.bit() | FieldName.TRANSFER_ENCODING.bit();

  /// Digits that always fit a `long`; nobody has a body of an exabyte.
  private static final int MAX_DIGITS = 18;

  private static final byte[] CHUNKED_TOKEN = "chunked".getBytes(StandardCharsets.US_ASCII);

  private MessageFraming() {}

  /// The length of the body, or one of the constants above.
  static long of(MemorySegment bytes, long base, FieldSection fields, int minorVersion) {
    int length = fields.first(FieldName.CONTENT_LENGTH);
    int coding = fields.first(FieldName.TRANSFER_ENCODING);
    if (length >= 0) {
      return coding >= 0 || fields.occurrences(FieldName.CONTENT_LENGTH) > 1
          ? MALFORMED
          : contentLength(bytes, base + fields.valueStart(length), base + fields.valueEnd(length));
    }
    if (coding < 0) {
      return NONE;
    }
    return minorVersion == 0 || fields.occurrences(FieldName.TRANSFER_ENCODING) > 1
        ? MALFORMED
        : transferCoding(bytes, base + fields.valueStart(coding), base + fields.valueEnd(coding));
  }

  /// Whether a tab stands around the value of a framing field. It is optional whitespace (RFC 9110
  /// §5.6.3), but servers disagree about it there, and nobody who means well sends it.
  static boolean isTabbed(MemorySegment bytes, long base, FieldSection fields) {
    return isTabbed(bytes, base, fields, fields.first(FieldName.CONTENT_LENGTH))
        || isTabbed(bytes, base, fields, fields.first(FieldName.TRANSFER_ENCODING));
  }

  private static boolean isTabbed(MemorySegment bytes, long base, FieldSection fields, int field) {
    if (field < 0) {
      return false;
    }
    boolean tab = false;
    for (long i = base + fields.nameEnd(field) + 1; i < base + fields.valueStart(field); i++) {
      tab |= Octets.at(bytes, i) == '\t';
    }
    for (long i = base + fields.valueEnd(field); Octets.at(bytes, i) != '\r'; i++) {
      tab |= Octets.at(bytes, i) == '\t'; // the parser has seen the line's end
    }
    return tab;
  }

  private static long contentLength(MemorySegment bytes, long from, long to) {
    long digits = to - from;
    if (digits == 0 || digits > MAX_DIGITS || (digits > 1 && Octets.at(bytes, from) == '0')) {
      return MALFORMED;
    }
    long value = 0;
    for (long i = from; i < to; i++) {
      int octet = Octets.at(bytes, i);
      if (!Octets.isDigit(octet)) {
        return MALFORMED;
      }
      value = value * 10 + (octet - '0');
    }
    return value;
  }

  private static long transferCoding(MemorySegment bytes, long from, long to) {
    boolean chunked = false;
    boolean unknown = false;
    for (long i = from; i <= to; ) {
      long end = TokenList.end(bytes, i, to);
      long start = TokenList.trimStart(bytes, i, end);
      long stop = TokenList.trimEnd(bytes, start, end);
      if (chunked || !TokenList.isToken(bytes, start, stop)) {
        return MALFORMED;
      }
      if (Octets.equalsToken(bytes, start, (int) (stop - start), CHUNKED_TOKEN)) {
        chunked = true;
      } else {
        unknown = true;
      }
      i = end + 1;
    }
    return unknown ? UNKNOWN_CODING : CHUNKED;
  }
}
