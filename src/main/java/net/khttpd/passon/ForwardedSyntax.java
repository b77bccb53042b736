package net.khttpd.passon;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import net.khttpd.http.FieldName;
import net.khttpd.http.FieldSection;
import net.khttpd.http.RequestHead;

/// The syntax of Forwarded (RFC 7239 §4): elements with commas between them, each of pairs with
/// semicolons between them, a value being a token or a quoted string. Appending to anything else
/// would be dangerous: behind a quote that never ends, what we say of the client would be a part of
/// what the client said. Stateless.
final class ForwardedSyntax {
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  private ForwardedSyntax() {}

  /// Whether every Forwarded field of the head is well-formed.
  static boolean isSound(RequestHead head) {
    FieldSection fields = head.fields();
    int left = fields.occurrences(FieldName.FORWARDED);
    for (int i = fields.first(FieldName.FORWARDED); left > 0; i++) {
      if (fields.name(i) == FieldName.FORWARDED) {
        long base = head.base();
        if (!isSound(head.bytes(), base + fields.valueStart(i), base + fields.valueEnd(i))) {
          return false;
        }
        left--;
      }
    }
    return true;
  }

  /// Empty elements and pairs are tolerated, as lists want it (RFC 9110 §5.6.1.2).
  static boolean isSound(MemorySegment bytes, long from, long to) {
    long at = from;
    while (at < to) {
      int octet = bytes.get(JAVA_BYTE, at);
      if (octet == ',' || octet == ';' || octet == ' ' || octet == '\t') {
        at++;
      } else {
        at = pair(bytes, at, to);
        if (at < 0 || (at < to && !ends(bytes.get(JAVA_BYTE, at)))) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean ends(int octet) {
    return octet == ',' || octet == ';' || octet == ' ' || octet == '\t';
  }

  /// Where the pair that begins here ends; -1: it is none.
  private static long pair(MemorySegment bytes, long from, long to) {
    long equals = token(bytes, from, to);
    if (equals == from || equals >= to || bytes.get(JAVA_BYTE, equals) != '=') {
      return -1;
    }
    long value = equals + 1;
    if (value < to && bytes.get(JAVA_BYTE, value) == '"') {
      return quoted(bytes, value + 1, to);
    }
    long end = unquoted(bytes, value, to);
    return end == value ? -1 : end;
  }

  /// Laxer than a token: addresses with ports come without the quotes that they need, and mislead
  /// nobody.
  private static long unquoted(MemorySegment bytes, long from, long to) {
    long at = from;
    while (at < to && isPlain(bytes.get(JAVA_BYTE, at))) {
      at++;
    }
    return at;
  }

  private static boolean isPlain(int octet) {
    return octet > ' ' && octet < 0x7f && "\",;\\".indexOf(octet) < 0;
  }

  private static long token(MemorySegment bytes, long from, long to) {
    long at = from;
    while (at < to && isToken(bytes.get(JAVA_BYTE, at))) {
      at++;
    }
    return at;
  }

  private static boolean isToken(int octet) {
    int lower = octet | 0x20;
    return (octet >= '0' && octet <= '9')
        || (lower >= 'a' && lower <= 'z')
        || TOKEN_MARKS.indexOf(octet) >= 0;
  }

  /// Behind the closing quote; -1: there is none.
  private static long quoted(MemorySegment bytes, long from, long to) {
    for (long at = from; at < to; at++) {
      int octet = bytes.get(JAVA_BYTE, at);
      if (octet == '"') {
        return at + 1;
      }
      if (octet == '\\') {
        at++;
      }
    }
    return -1;
  }
}
