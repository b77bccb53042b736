package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// Reads field lines up to and with the empty line that ends them (RFC 9112 §5), strictly: no bare
/// CR or LF, no obs-fold, no whitespace before the colon, no control in a value. Keeps its place
/// between calls, so that octets arriving one by one cost no more than all at once. Used by one
/// loop.
final class FieldParser {
  static final int INCOMPLETE = 0;
  static final int COMPLETE = 1;

  private static final int LINE = 0;
  private static final int NAME = 1;
  private static final int WHITESPACE = 2;
  private static final int VALUE = 3;
  private static final int LINE_FEED = 4;
  private static final int LAST_LINE_FEED = 5;

  private static final byte[] CONTENT_LENGTH = "content_length".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TRANSFER_ENCODING =
      "transfer_encoding".getBytes(StandardCharsets.US_ASCII);

  private final FieldSection fields;
  private final boolean trailers;
  private int state;
  private int position;
  private int nameStart;
  private int nameEnd;
  private int valueStart;
  private FieldName name = FieldName.OTHER;

  /// Fills `fields`. With `trailers`, fields that RFC 9110 §6.5.1 forbids there are read and
  /// dropped.
  FieldParser(FieldSection fields, boolean trailers) {
    this.fields = fields;
    this.trailers = trailers;
  }

  /// Begins anew; the first field line is expected `start` octets after the base.
  void reset(int start) {
    fields.reset();
    state = LINE;
    position = start;
  }

  /// How many octets from the base on have been consumed.
  int position() {
    return position;
  }

  /// Goes on up to `end` octets after the base. Returns [#INCOMPLETE], [#COMPLETE], or minus the
  /// status: 400, or 431 when there are more fields than the section may hold.
  int parse(MemorySegment bytes, long base, int end) {
    while (position < end) {
      int fault = 0;
      if (state == LINE && !line(bytes, base)) {
        return -431;
      }
      if (state == NAME) {
        fault = name(bytes, base, end);
      }
      if (state == WHITESPACE) {
        whitespace(bytes, base, end);
      }
      if (state == VALUE) {
        fault = value(bytes, base, end);
      }
      if (fault != 0) {
        return fault;
      }
      if (state >= LINE_FEED && position < end) {
        if (bytes.get(Octets.OCTET, base + position++) != '\n') {
          return -400;
        }
        if (state == LAST_LINE_FEED) {
          return COMPLETE;
        }
        state = LINE;
      }
    }
    return INCOMPLETE;
  }

  /// Whether there is room for another field line, if one begins here.
  private boolean line(MemorySegment bytes, long base) {
    if (bytes.get(Octets.OCTET, base + position) == '\r') {
      position++;
      state = LAST_LINE_FEED;
      return true;
    }
    nameStart = position;
    state = NAME;
    return !fields.full();
  }

  private int name(MemorySegment bytes, long base, int end) {
    int i = position;
    int octet = 0;
    while (i < end) {
      octet = bytes.get(Octets.OCTET, base + i) & 0xff;
      if ((Octets.CLASS[octet] & Octets.TCHAR) == 0) {
        break;
      }
      i++;
    }
    position = i;
    if (i == end) {
      return 0;
    }
    int length = i - nameStart;
    if (octet != ':' || length == 0) {
      return -400;
    }
    nameEnd = i;
    name = FieldName.of(bytes, base + nameStart, length);
    if (name == FieldName.OTHER && looksLikeFraming(bytes, base + nameStart, length)) {
      return -400;
    }
    position = i + 1;
    state = WHITESPACE;
    return 0;
  }

  /// Some backends fold `_` into `-`, so that these would frame a body for them and not for us.
  private static boolean looksLikeFraming(MemorySegment bytes, long offset, int length) {
    return folded(bytes, offset, length, CONTENT_LENGTH)
        || folded(bytes, offset, length, TRANSFER_ENCODING);
  }

  private static boolean folded(MemorySegment bytes, long offset, int length, byte[] lower) {
    if (length != lower.length) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      if (Octets.lower(Octets.at(bytes, offset + i)) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  private void whitespace(MemorySegment bytes, long base, int end) {
    int i = position;
    while (i < end && Octets.isWhitespace(bytes.get(Octets.OCTET, base + i))) {
      i++;
    }
    position = i;
    if (i < end) {
      valueStart = i;
      state = VALUE;
    }
  }

  private int value(MemorySegment bytes, long base, int end) {
    int i = position;
    while (i < end) {
      i = skipVisible(bytes, base, i, end);
      if (i == end) {
        break;
      }
      byte octet = bytes.get(Octets.OCTET, base + i);
      i++;
      if (octet == '\r') {
        position = i;
        field(bytes, base, i - 1);
        return 0;
      }
      if (octet != '\t') {
        return -400;
      }
    }
    position = i;
    return 0;
  }

  /// The first control (HTAB included) from `i` on, or `end`; eight octets at a time, since values
  /// are most of a head.
  private static int skipVisible(MemorySegment bytes, long base, int from, int end) {
    int i = from;
    while (i <= end - Long.BYTES) {
      long controls = Octets.controls(bytes.get(Octets.EIGHT, base + i));
      if (controls != 0) {
        return i + (Long.numberOfTrailingZeros(controls) >>> 3);
      }
      i += Long.BYTES;
    }
    while (i < end) {
      int octet = bytes.get(Octets.OCTET, base + i) & 0xff;
      if (octet == '\t' || (Octets.CLASS[octet] & Octets.VALUE) == 0) {
        break;
      }
      i++;
    }
    return i;
  }

  private void field(MemorySegment bytes, long base, int lineEnd) {
    int valueEnd = lineEnd;
    while (valueEnd > valueStart
        && Octets.isWhitespace(bytes.get(Octets.OCTET, base + valueEnd - 1))) {
      valueEnd--;
    }
    if (!trailers || name.allowedInTrailers()) {
      fields.add(name, nameStart, nameEnd, valueStart, valueEnd);
    }
    state = LINE_FEED;
  }
}
