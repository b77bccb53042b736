package net.khttpd.http;

import java.lang.foreign.MemorySegment;

/// Walks a comma-separated list in a field value (`#element`, RFC 9110 §5.6.1) without allocating.
/// Stateless: a place in the list is the offset at which an element begins.
final class TokenList {
  private TokenList() {}

  /// The comma that ends the element beginning at `from`, or `to`.
  static long end(MemorySegment bytes, long from, long to) {
    long i = from;
    while (i < to && bytes.get(Octets.OCTET, i) != ',') {
      i++;
    }
    return i;
  }

  /// `from` without the whitespace before the element.
  static long trimStart(MemorySegment bytes, long from, long end) {
    long i = from;
    while (i < end && Octets.isWhitespace(bytes.get(Octets.OCTET, i))) {
      i++;
    }
    return i;
  }

  /// `end` without the whitespace behind the element, not below `from`.
  static long trimEnd(MemorySegment bytes, long from, long end) {
    long i = end;
    while (i > from && Octets.isWhitespace(bytes.get(Octets.OCTET, i - 1))) {
      i--;
    }
    return i;
  }

  static boolean isToken(MemorySegment bytes, long from, long to) {
    for (long i = from; i < to; i++) {
      if (!Octets.is(Octets.at(bytes, i), Octets.TCHAR)) {
        return false;
      }
    }
    return to > from;
  }
}
