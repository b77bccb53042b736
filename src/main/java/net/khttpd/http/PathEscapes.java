package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// Resolves the escapes of a path byte by byte, once, and notes which bytes were unusual: the way
/// of a path that [RequestPath] could not take eight bytes at a time. Pure; any thread.
final class PathEscapes {
  /// The one segment that may begin with a dot (RFC 8615).
  static final byte[] WELL_KNOWN = ".well-known".getBytes(StandardCharsets.US_ASCII);

  private static final String SPECIALS = " \"#<>?^`{|}";

  private static final byte[] RAW = rawFlags();

  private PathEscapes() {}

  /// Writes the decoded path to `out` from 0 on; it is never longer than `len`. Returns `length <<
  /// 32 | flags`, or -1 for an escape that is broken or stands for a zero byte.
  static long decode(MemorySegment in, long off, int len, MemorySegment out) {
    int n = 0;
    int flags = 0;
    for (int i = 0; i < len; i++) {
      int b = in.get(ValueLayout.JAVA_BYTE, off + i) & 0xff;
      if (b == '%') {
        b = i + 2 < len ? octet(in, off + i + 1) : -1;
        if (b <= 0) {
          return -1;
        }
        flags |= encodedFlag(b);
        i += 2;
      } else {
        flags |= RAW[b];
      }
      out.set(ValueLayout.JAVA_BYTE, n++, (byte) b);
    }
    return (long) n << 32 | flags;
  }

  private static int encodedFlag(int b) {
    if (b == '/' || b == '\\') {
      return RequestPath.ENCODED_SLASH;
    }
    return b < ' ' || b == 0x7f ? RequestPath.CONTROL : 0;
  }

  private static int octet(MemorySegment in, long off) {
    int high = Character.digit(in.get(ValueLayout.JAVA_BYTE, off), 16);
    int low = Character.digit(in.get(ValueLayout.JAVA_BYTE, off + 1), 16);
    return (high | low) < 0 ? -1 : high << 4 | low;
  }

  private static byte[] rawFlags() {
    byte[] flags = new byte[256];
    for (int b = 0; b < flags.length; b++) {
      if (b < ' ' || b == 0x7f) {
        flags[b] = RequestPath.CONTROL;
      } else if (b == '\\') {
        flags[b] = RequestPath.BACKSLASH;
      } else if (b >= 0x80 || SPECIALS.indexOf(b) >= 0) {
        flags[b] = RequestPath.RAW_SPECIAL;
      }
    }
    return flags;
  }
}
