package net.khttpd.passon;

import net.khttpd.http.FieldName;
import net.khttpd.http.FieldSection;
import net.khttpd.http.ResponseHead;

/// Reads `Keep-Alive: timeout=N` (RFC 2068 §19.7.1.1), by which a backend tells how long it keeps
/// an idle connection. Stateless.
final class KeepAliveField {
  private static final byte[] TIMEOUT = Output.ascii("timeout=");
  private static final int MOST_DIGITS = 9;

  private KeepAliveField() {}

  /// The seconds, or [Long#MAX_VALUE] if the head does not tell.
  static long seconds(ResponseHead head) {
    FieldSection fields = head.fields();
    int i = fields.first(FieldName.KEEP_ALIVE);
    if (i < 0) {
      return Long.MAX_VALUE;
    }
    int last = fields.valueEnd(i) - TIMEOUT.length;
    for (int at = fields.valueStart(i); at < last; at++) {
      if (matches(head, at)) {
        return number(head, at + TIMEOUT.length, fields.valueEnd(i));
      }
    }
    return Long.MAX_VALUE;
  }

  private static boolean matches(ResponseHead head, int at) {
    for (int i = 0; i < TIMEOUT.length; i++) {
      if ((head.octet(at + i) | 0x20) != (TIMEOUT[i] | 0x20)) {
        return false;
      }
    }
    return true;
  }

  private static long number(ResponseHead head, int from, int to) {
    long value = 0;
    for (int i = from; i < to && i < from + MOST_DIGITS; i++) {
      int digit = head.octet(i) - '0';
      if (digit < 0 || digit > 9) {
        return i == from ? Long.MAX_VALUE : value;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
