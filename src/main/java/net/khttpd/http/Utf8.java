package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Whether bytes are UTF-8 by the letter of RFC 3629: shortest form, no surrogates, nothing above
/// U+10FFFF. What is over-long (`C0 AE` for a dot) is not. Pure; any thread.
final class Utf8 {
  private Utf8() {}

  static boolean isValid(MemorySegment in, long off, int len) {
    long end = off + len;
    long at = off;
    while (at < end) {
      int size = sizeAt(in, at, end);
      if (size == 0) {
        return false;
      }
      at += size;
    }
    return true;
  }

  /// Bytes of the character that begins at `at`, or 0 if none is well-formed.
  private static int sizeAt(MemorySegment in, long at, long end) {
    int lead = in.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    if (lead < 0x80) {
      return 1;
    }
    int size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead < 0xc2 || lead > 0xf4 || at + size > end) {
      return 0;
    }
    int second = in.get(ValueLayout.JAVA_BYTE, at + 1) & 0xff;
    if (second < lowestSecond(lead) || second > highestSecond(lead)) {
      return 0;
    }
    for (int i = 2; i < size; i++) {
      if ((in.get(ValueLayout.JAVA_BYTE, at + i) & 0xc0) != 0x80) {
        return 0;
      }
    }
    return size;
  }

  /// The table of RFC 3629 §4: E0 and F0 begin higher, else they were over-long.
  private static int lowestSecond(int lead) {
    return lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  }

  /// ED ends before the surrogates, F4 at U+10FFFF.
  private static int highestSecond(int lead) {
    return lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  }
}
