package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// What the Connection fields of a head say (RFC 9110 §7.6.1). Stateless; elements that are no
/// tokens name nothing and are ignored.
final class ConnectionOptions {
  static final int CLOSE = 1;
  static final int KEEP_ALIVE = 2;

  /// Something else is named: a field to be removed, or `upgrade`.
  static final int OTHERS = 4;

  private static final byte[] CLOSE_TOKEN = "close".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] KEEP_ALIVE_TOKEN = "keep-alive".getBytes(StandardCharsets.US_ASCII);

  private ConnectionOptions() {}

  /// The options of all Connection fields, a sum of the constants above.
  static int of(MemorySegment bytes, long base, FieldSection fields) {
    int options = 0;
    int left = fields.occurrences(FieldName.CONNECTION);
    for (int i = fields.first(FieldName.CONNECTION); left > 0; i++) {
      if (fields.name(i) == FieldName.CONNECTION) {
        options |= of(bytes, base + fields.valueStart(i), base + fields.valueEnd(i));
        left--;
      }
    }
    return options;
  }

  private static int of(MemorySegment bytes, long from, long to) {
    int options = 0;
    for (long i = from; i < to; ) {
      long end = TokenList.end(bytes, i, to);
      long start = TokenList.trimStart(bytes, i, end);
      int length = (int) (TokenList.trimEnd(bytes, start, end) - start);
      if (Octets.equalsToken(bytes, start, length, KEEP_ALIVE_TOKEN)) {
        options |= KEEP_ALIVE;
      } else if (Octets.equalsToken(bytes, start, length, CLOSE_TOKEN)) {
        options |= CLOSE;
      } else if (length > 0) {
        options |= OTHERS;
      }
      i = end + 1;
    }
    return options;
  }

  /// Whether the connection stays open after this message (RFC 9112 §9.3).
  static boolean keepAlive(int options, int minorVersion) {
    return (options & CLOSE) == 0 && (minorVersion > 0 || (options & KEEP_ALIVE) != 0);
  }

  /// Whether a Connection field names field `i` and the field may be removed for it.
  static boolean names(MemorySegment bytes, long base, FieldSection fields, int i) {
    if (!fields.name(i).removable()) {
      return false;
    }
    long name = base + fields.nameStart(i);
    int length = fields.nameEnd(i) - fields.nameStart(i);
    int left = fields.occurrences(FieldName.CONNECTION);
    for (int at = fields.first(FieldName.CONNECTION); left > 0; at++) {
      if (fields.name(at) == FieldName.CONNECTION) {
        if (names(bytes, base + fields.valueStart(at), base + fields.valueEnd(at), name, length)) {
          return true;
        }
        left--;
      }
    }
    return false;
  }

  private static boolean names(MemorySegment bytes, long from, long to, long name, int length) {
    for (long i = from; i < to; ) {
      long end = TokenList.end(bytes, i, to);
      long start = TokenList.trimStart(bytes, i, end);
      if (TokenList.trimEnd(bytes, start, end) - start == length
          && Octets.equalsIgnoringCase(bytes, start, name, length)) {
        return true;
      }
      i = end + 1;
    }
    return false;
  }
}
