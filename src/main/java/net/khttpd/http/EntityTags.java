package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Compares a client's list of entity tags, the value of If-None-Match or If-Match, with ours (RFC
/// 9110 §8.8.3.2, §13.1.1, §13.1.2). Pure and free of allocation; any thread.
public final class EntityTags {
  private EntityTags() {}

  /// Whether one tag of the list, or `*`, matches `tag`, which has its quotes and may begin with
  /// `W/`; an empty one is matched by `*` only.
  ///
  /// `weakComparison` is the comparison of If-None-Match; If-Match and If-Range need the strong
  /// one, in which a weak tag matches nothing. A list that is malformed anywhere matches nothing,
  /// so that a client that is unclear gets the whole answer. Empty elements are allowed (RFC 9110
  /// §5.6.1).
  public static boolean matches(
      MemorySegment value, long off, int len, byte[] tag, boolean weakComparison) {
    long end = trimmedEnd(value, off, off + len);
    long at = skipBlanks(value, off, end);
    if (at == end - 1 && byteAt(value, at) == '*') {
      return true;
    }
    boolean ourWeak = tag.length > 0 && tag[0] == 'W';
    int ours = ourWeak ? 2 : 0;
    boolean found = false;
    while (at < end) {
      if (byteAt(value, at) != ',') {
        boolean weak = isWeakPrefix(value, at, end);
        long opaque = weak ? at + 2 : at;
        long next = endOfOpaque(value, opaque, end);
        if (next < 0) {
          return false;
        }
        boolean comparable = weakComparison || !(weak || ourWeak);
        found |= comparable && same(value, opaque, next, tag, ours);
        at = skipBlanks(value, next, end);
        if (at < end && byteAt(value, at) != ',') {
          return false;
        }
      }
      at = skipBlanks(value, at + 1, end);
    }
    return found;
  }

  /// Whether the value is one entity tag, as If-Range may have it, and nothing else.
  public static boolean isOne(MemorySegment value, long off, int len) {
    long end = off + len;
    long opaque = isWeakPrefix(value, off, end) ? off + 2 : off;
    return endOfOpaque(value, opaque, end) == end;
  }

  /// The offset after the closing quote, or -1 if no opaque-tag begins at `at`. A comma inside the
  /// quotes is part of the tag; there is no escape in an opaque-tag.
  private static long endOfOpaque(MemorySegment value, long at, long end) {
    if (at >= end || byteAt(value, at) != '"') {
      return -1;
    }
    for (long i = at + 1; i < end; i++) {
      int b = byteAt(value, i) & 0xff;
      if (b == '"') {
        return i + 1;
      }
      if (b <= ' ' || b == 0x7f) {
        return -1;
      }
    }
    return -1;
  }

  private static boolean same(MemorySegment value, long from, long to, byte[] tag, int ours) {
    if (to - from != tag.length - ours) {
      return false;
    }
    for (int i = ours; i < tag.length; i++) {
      if (byteAt(value, from + i - ours) != tag[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean isWeakPrefix(MemorySegment value, long at, long end) {
    return at + 1 < end && byteAt(value, at) == 'W' && byteAt(value, at + 1) == '/';
  }

  private static long skipBlanks(MemorySegment value, long from, long end) {
    long at = from;
    while (at < end && isBlank(byteAt(value, at))) {
      at++;
    }
    return at;
  }

  private static long trimmedEnd(MemorySegment value, long start, long from) {
    long end = from;
    while (end > start && isBlank(byteAt(value, end - 1))) {
      end--;
    }
    return end;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  private static byte byteAt(MemorySegment value, long at) {
    return value.get(ValueLayout.JAVA_BYTE, at);
  }
}
