package net.khttpd.decide;

import java.net.InetAddress;
import net.khttpd.http.RequestHead;

/// Compares the host that a request names with an entry of `hosts`: a name, or `*.name` for all
/// names below it, or an IPv6 address, which a client may spell in several ways. Case does not
/// count, nor does the port (RFC 9110 §4.2.3).
final class HostMatch {
  private HostMatch() {}

  static boolean matches(String pattern, RequestHead head) {
    int from = head.authorityStart();
    if (from < 0) {
      return false;
    }
    int to = withoutPort(head, from, head.authorityEnd());
    if (pattern.indexOf(':') >= 0) {
      return isAddress(pattern, head, from, to);
    }
    boolean wildcard = pattern.startsWith("*.");
    int skip = wildcard ? 1 : 0; // the dot itself must match
    int length = pattern.length() - skip;
    boolean fits = wildcard ? to - from > length : to - from == length;
    return fits && endsWith(pattern, skip, head, to - length);
  }

  private static boolean endsWith(String pattern, int skip, RequestHead head, int at) {
    for (int i = skip; i < pattern.length(); i++) {
      int octet = head.octet(at + i - skip);
      int lower = octet >= 'A' && octet <= 'Z' ? octet + 32 : octet;
      if (lower != pattern.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// Cold: only literals of clients meet it, and only where `hosts` names an IPv6 address.
  private static boolean isAddress(String address, RequestHead head, int from, int to) {
    if (head.octet(from) != '[' || head.octet(from + 1) == 'v' || head.octet(from + 1) == 'V') {
      return false;
    }
    var literal = new StringBuilder(to - from);
    for (int i = from + 1; i < to - 1; i++) {
      literal.append((char) head.octet(i));
    }
    try {
      return InetAddress.ofLiteral(address).equals(InetAddress.ofLiteral(literal.toString()));
    } catch (IllegalArgumentException notToJava) {
      return false;
    }
  }

  /// Where the host ends and its port, if it has one, begins.
  static int withoutPort(RequestHead head, int from, int to) {
    for (int i = to - 1; i >= from && head.octet(i) != ']'; i--) {
      if (head.octet(i) == ':') {
        return i;
      }
    }
    return to;
  }
}
