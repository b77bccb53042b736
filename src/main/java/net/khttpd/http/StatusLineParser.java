package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// Reads the status line (RFC 9112 §4) into a [ResponseHead] and keeps its place between calls. The
/// space before an absent reason phrase may be absent too, as many backends have it. Used by one
/// loop.
final class StatusLineParser {
  static final int INCOMPLETE = 0;
  static final int COMPLETE = 1;
  static final int FAULT = -1;

  private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);
  private static final int STATUS = VERSION.length + 2;
  private static final int AFTER_STATUS = STATUS + 3;

  private final ResponseHead head;
  private int position;
  private boolean lineFeedDue;

  StatusLineParser(ResponseHead head) {
    this.head = head;
  }

  void reset() {
    position = 0;
    lineFeedDue = false;
  }

  /// How many octets from the base on have been consumed.
  int position() {
    return position;
  }

  int parse(MemorySegment bytes, long base, int end) {
    while (position < end) {
      int octet = Octets.at(bytes, base + position);
      if (lineFeedDue) {
        position++;
        return octet == '\n' ? COMPLETE : FAULT;
      }
      if (position > AFTER_STATUS ? !reason(octet) : !fixed(octet)) {
        return FAULT;
      }
      position++;
    }
    return INCOMPLETE;
  }

  private boolean fixed(int octet) {
    if (position < VERSION.length) {
      return octet == VERSION[position];
    }
    if (position == VERSION.length) {
      head.minorVersion = octet == '0' ? 0 : 1;
      return Octets.isDigit(octet);
    }
    if (position < STATUS) {
      return octet == ' ';
    }
    if (position < AFTER_STATUS) {
      head.status = head.status * 10 + (octet - '0');
      boolean first = position == STATUS;
      return first ? octet >= '1' && octet <= '5' : Octets.isDigit(octet);
    }
    head.reasonStart = position + 1;
    if (octet == '\r') {
      head.reasonStart = position;
      return reason(octet);
    }
    return octet == ' ';
  }

  private boolean reason(int octet) {
    if (octet == '\r') {
      head.reasonEnd = position;
      lineFeedDue = true;
      return true;
    }
    return Octets.is(octet, Octets.VALUE);
  }
}
