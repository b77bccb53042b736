package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// Reads the request line (RFC 9112 §3) into a [RequestHead] and keeps its place between calls.
/// Octets are refused where they stand; the form of the target and the major version are judged
/// when the line is complete, so that a foreign protocol version is answered as such. Used by one
/// loop.
final class RequestLineParser {
  static final int INCOMPLETE = 0;
  static final int COMPLETE = 1;

  /// No registered method has half of that; beyond it, 501 (RFC 9112 §3).
  private static final int METHOD_MAX = 64;

  /// Octets of two CRLF, which old clients send after a body (RFC 9112 §2.2).
  private static final int LEADING_MAX = 4;

  private static final int LEADING = 0;
  private static final int METHOD = 1;
  private static final int TARGET = 2;
  private static final int VERSION = 3;

  private static final byte[] HTTP = "HTTP/".getBytes(StandardCharsets.US_ASCII);

  /// `HTTP/1.1` read as eight octets, little-endian.
  private static final long HTTP_1_1 = 0x312e312f50545448L;

  private static final int VERSION_LENGTH = 8;

  private final RequestHead head;
  private final int targetMax;
  private int state;
  private int position;
  private int versionStart;
  private int major;
  private boolean plain;

  RequestLineParser(RequestHead head, int targetMax) {
    this.head = head;
    this.targetMax = targetMax;
  }

  void reset() {
    state = LEADING;
    position = 0;
  }

  boolean begun() {
    return state != LEADING;
  }

  /// How many octets from the base on have been consumed.
  int position() {
    return position;
  }

  /// Goes on up to `end` octets after the base. Returns [#INCOMPLETE], [#COMPLETE], or minus the
  /// status: 400, 414, 501, 505.
  int parse(MemorySegment bytes, long base, int end) {
    int fault = 0;
    if (state == LEADING) {
      fault = leading(bytes, base, end);
    }
    if (state == METHOD) {
      fault = method(bytes, base, end);
    }
    if (state == TARGET && fault == 0) {
      fault = target(bytes, base, end);
    }
    if (state == VERSION && fault == 0) {
      return version(bytes, base, end);
    }
    return fault;
  }

  private int leading(MemorySegment bytes, long base, int end) {
    while (position < end) {
      int octet = Octets.at(bytes, base + position);
      boolean lineFeedDue = (position & 1) == 1;
      if (!lineFeedDue && octet != '\r') {
        head.methodStart = position;
        state = METHOD;
        return 0;
      }
      if (octet != (lineFeedDue ? '\n' : '\r') || position == LEADING_MAX) {
        return -400;
      }
      position++;
    }
    return 0;
  }

  private int method(MemorySegment bytes, long base, int end) {
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
    int length = i - head.methodStart;
    if (length > METHOD_MAX) {
      return -501;
    }
    if (i == end) {
      return 0;
    }
    if (octet != ' ' || length == 0) {
      return -400;
    }
    head.method = Method.of(bytes, base + head.methodStart, length);
    head.methodEnd = i;
    head.targetStart = i + 1;
    position = i + 1;
    plain = true;
    state = TARGET;
    return 0;
  }

  private int target(MemorySegment bytes, long base, int end) {
    int start = head.targetStart;
    int limit = (int) Math.min(end, (long) start + targetMax + 1);
    int i = position;
    int previous = i > start ? Octets.CLASS[Octets.at(bytes, base + i - 1)] : 0;
    int afterSlash = 0;
    while (i < limit) {
      int octet = bytes.get(Octets.OCTET, base + i) & 0xff;
      int classes = Octets.CLASS[octet];
      if ((classes & Octets.PLAIN) != 0) {
        afterSlash |= (previous << 1) & classes;
        previous = classes;
        i++;
        continue;
      }
      plain &= (afterSlash & Octets.AFTER_SLASH) == 0;
      if (octet == ' ') {
        position = i;
        return targetEnd();
      }
      previous = 0;
      int length = octet == '%' ? encoded(bytes, base + i, end - i) : special(octet, i);
      if (length <= 0) {
        position = i;
        return length;
      }
      i += length;
    }
    plain &= (afterSlash & Octets.AFTER_SLASH) == 0;
    position = i;
    return i - start > targetMax ? -414 : 0;
  }

  /// One octet that is neither plain nor `%`: the `?` that begins the query, another that browsers
  /// send raw, or a fault.
  private int special(int octet, int at) {
    if (octet == '?') {
      if (head.queryStart < 0) {
        head.queryStart = at + 1;
        head.plainPath = plain;
      }
      return 1;
    }
    plain = false;
    return Octets.is(octet, Octets.TARGET) ? 1 : -400;
  }

  /// `%` and two hexadecimal digits, not `%00`: 3, 0 if octets are still missing, or -400.
  private int encoded(MemorySegment bytes, long at, int available) {
    plain = false;
    if (available < 2) {
      return 0;
    }
    int high = Octets.HEX[Octets.at(bytes, at + 1)];
    if (high < 0) {
      return -400;
    }
    if (available < 3) {
      return 0;
    }
    int low = Octets.HEX[Octets.at(bytes, at + 2)];
    return low < 0 || high + low == 0 ? -400 : 3;
  }

  private int targetEnd() {
    int end = position;
    if (end == head.targetStart) {
      return -400;
    }
    head.targetEnd = end;
    head.pathStart = head.targetStart;
    if (head.queryStart < 0) {
      head.pathEnd = end;
      head.plainPath = plain;
    } else {
      head.pathEnd = head.queryStart - 1;
      head.queryEnd = end;
    }
    versionStart = end + 1;
    position = end + 1;
    state = VERSION;
    return 0;
  }

  private int version(MemorySegment bytes, long base, int end) {
    int i = position;
    long at = base + versionStart;
    if (i == versionStart && end - i >= VERSION_LENGTH && bytes.get(Octets.EIGHT, at) == HTTP_1_1) {
      major = 1;
      head.minorVersion = 1;
      i += VERSION_LENGTH;
    }
    while (i < end) {
      int octet = Octets.at(bytes, base + i);
      int index = i - versionStart;
      if (!isVersion(index, octet)) {
        return -400;
      }
      i++;
      if (index == VERSION_LENGTH + 1) {
        position = i;
        return switch (major) {
          case 1 -> TargetSyntax.judge(bytes, base, head);
          case 0 -> -400; // HTTP/0.9 is refused like any request line without a version
          default -> -505;
        };
      }
    }
    position = i;
    return INCOMPLETE;
  }

  /// Whether the octet may stand there in `HTTP/1.1` CRLF; remembers the digits.
  private boolean isVersion(int index, int octet) {
    if (index < HTTP.length) {
      return octet == HTTP[index];
    }
    return switch (index - HTTP.length) {
      case 0 -> {
        major = octet - '0';
        yield Octets.isDigit(octet);
      }
      case 1 -> octet == '.';
      case 2 -> {
        // Later minor versions are answered as 1.1 (RFC 9110 §2.5).
        head.minorVersion = octet == '0' ? 0 : 1;
        yield Octets.isDigit(octet);
      }
      case 3 -> octet == '\r';
      default -> octet == '\n';
    };
  }
}
