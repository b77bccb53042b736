package net.khttpd.http;

import java.lang.foreign.MemorySegment;

/// Whether octets are `uri-host [ ":" port ]` (RFC 3986 §3.2, RFC 9110 §7.2): a registered name
/// (with underscores, without commas and never empty), an IPv4 address or a bracketed IP literal;
/// no userinfo; a port of at most 65535. Stateless.
final class HostSyntax {
  private static final int MAX_PORT_DIGITS = 5;
  private static final int IPV6_GROUPS = 8;

  private HostSyntax() {}

  static boolean isHost(MemorySegment bytes, long from, long to) {
    if (from == to) {
      return false;
    }
    long end = hostEnd(bytes, from, to);
    return end > from && (end == to || isPort(bytes, end, to));
  }

  /// Whether octets are `uri-host ":" port` with a port, as CONNECT wants it (RFC 9112 §3.2.3).
  static boolean isHostAndPort(MemorySegment bytes, long from, long to) {
    return isHost(bytes, from, to)
        && Octets.isDigit(Octets.at(bytes, to - 1))
        && hostEnd(bytes, from, to) < to;
  }

  /// Where the host ends, -1 if its octets are none.
  private static long hostEnd(MemorySegment bytes, long from, long to) {
    if (Octets.at(bytes, from) == '[') {
      long close = from + 1;
      while (close < to && Octets.at(bytes, close) != ']') {
        close++;
      }
      return close < to && isLiteral(bytes, from + 1, close) ? close + 1 : -1;
    }
    long i = from;
    while (i < to) {
      int octet = Octets.at(bytes, i);
      if (octet == '%' && isEncoded(bytes, i, to)) {
        i += 3;
      } else if (Octets.is(octet, Octets.REG_NAME)) {
        i++;
      } else {
        break;
      }
    }
    return i;
  }

  /// No encoded control either: whoever decodes the name must not be surprised.
  private static boolean isEncoded(MemorySegment bytes, long at, long to) {
    if (to - at < 3) {
      return false;
    }
    int high = Octets.HEX[Octets.at(bytes, at + 1)];
    int low = Octets.HEX[Octets.at(bytes, at + 2)];
    return high >= 2 && low >= 0 && high * 16 + low != 0x7f;
  }

  /// `:` and up to five digits, perhaps none (RFC 3986 §3.2.3).
  private static boolean isPort(MemorySegment bytes, long colon, long to) {
    if (Octets.at(bytes, colon) != ':' || to - colon - 1 > MAX_PORT_DIGITS) {
      return false;
    }
    int port = 0;
    for (long i = colon + 1; i < to; i++) {
      int octet = Octets.at(bytes, i);
      if (!Octets.isDigit(octet)) {
        return false;
      }
      port = port * 10 + (octet - '0');
    }
    return port <= 65535;
  }

  private static boolean isLiteral(MemorySegment bytes, long from, long to) {
    return (from < to && Octets.lower(Octets.at(bytes, from)) == 'v')
        ? isFuture(bytes, from + 1, to)
        : isIpv6(bytes, from, to);
  }

  /// `IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )`
  private static boolean isFuture(MemorySegment bytes, long from, long to) {
    long i = from;
    while (i < to && Octets.HEX[Octets.at(bytes, i)] >= 0) {
      i++;
    }
    if (i == from || to - i < 2 || Octets.at(bytes, i) != '.') {
      return false;
    }
    for (i++; i < to; i++) {
      int octet = Octets.at(bytes, i);
      if (octet != ':' && !Octets.is(octet, Octets.REG_NAME)) {
        return false;
      }
    }
    return true;
  }

  /// Eight groups of up to four hexadecimal digits, the last two perhaps as IPv4, one run of zero
  /// groups perhaps as `::` (RFC 3986 §3.2.2). No zone identifier.
  private static boolean isIpv6(MemorySegment bytes, long from, long to) {
    int groups = 0;
    boolean elided = false;
    long i = from;
    if (startsWithElision(bytes, i, to)) {
      elided = true;
      i += 2;
    }
    while (i < to) {
      long end = i;
      while (end < to && Octets.HEX[Octets.at(bytes, end)] >= 0) {
        end++;
      }
      if (end < to && Octets.at(bytes, end) == '.') {
        groups += 2;
        return isIpv4(bytes, i, to) && isFull(groups, elided);
      }
      if (end == i || end - i > 4 || ++groups > IPV6_GROUPS) {
        return false;
      }
      if (end == to) {
        break;
      }
      if (startsWithElision(bytes, end, to)) {
        if (elided) {
          return false;
        }
        elided = true;
        i = end + 2;
      } else if (Octets.at(bytes, end) == ':' && end + 1 < to) {
        i = end + 1;
      } else {
        return false;
      }
    }
    return isFull(groups, elided);
  }

  private static boolean isFull(int groups, boolean elided) {
    return elided ? groups < IPV6_GROUPS : groups == IPV6_GROUPS;
  }

  private static boolean startsWithElision(MemorySegment bytes, long at, long to) {
    return to - at >= 2 && Octets.at(bytes, at) == ':' && Octets.at(bytes, at + 1) == ':';
  }

  private static boolean isIpv4(MemorySegment bytes, long from, long to) {
    long i = from;
    for (int part = 0; part < 4; part++) {
      int value = 0;
      long start = i;
      while (i < to && i - start < 3 && Octets.isDigit(Octets.at(bytes, i))) {
        value = value * 10 + (Octets.at(bytes, i) - '0');
        i++;
      }
      boolean leadingZero = i - start > 1 && Octets.at(bytes, start) == '0';
      if (i == start || value > 255 || leadingZero) {
        return false;
      }
      if (part < 3 && (i == to || Octets.at(bytes, i++) != '.')) {
        return false;
      }
    }
    return i == to;
  }
}
