package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// Writes what a client sent so that it can neither end a log line, nor leave its quotes, nor speak
/// to a terminal: controls, DEL, bytes from 0x80, `"` and `\` become `\xHH`. Pure; any thread.
public final class LogText {
  /// The most bytes one byte becomes.
  public static final int GROWTH = 4;

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private LogText() {}

  /// Writes `len` bytes of `in`, escaped, and returns how many bytes were written: at most `room`.
  /// What does not fit is cut off, never within an escape. Free of allocation.
  public static int write(
      MemorySegment in, long off, int len, MemorySegment out, long outOff, int room) {
    int n = 0;
    for (int i = 0; i < len; i++) {
      byte b = in.get(ValueLayout.JAVA_BYTE, off + i);
      boolean plain = isPlain(b);
      if (n + (plain ? 1 : GROWTH) > room) {
        return n;
      }
      if (plain) {
        out.set(ValueLayout.JAVA_BYTE, outOff + n, b);
        n++;
      } else {
        writeEscape(b, out, outOff + n);
        n += GROWTH;
      }
    }
    return n;
  }

  /// The same for text on its way into an event's sentence, taken as UTF-8. Cold.
  public static String escape(String text) {
    byte[] in = text.getBytes(StandardCharsets.UTF_8);
    byte[] out = new byte[Math.multiplyExact(in.length, GROWTH)];
    int n =
        write(MemorySegment.ofArray(in), 0, in.length, MemorySegment.ofArray(out), 0, out.length);
    return new String(out, 0, n, StandardCharsets.US_ASCII);
  }

  private static boolean isPlain(byte b) {
    return b >= ' ' && b != 0x7f && b != '"' && b != '\\';
  }

  private static void writeEscape(byte b, MemorySegment out, long off) {
    out.set(ValueLayout.JAVA_BYTE, off, (byte) '\\');
    out.set(ValueLayout.JAVA_BYTE, off + 1, (byte) 'x');
    out.set(ValueLayout.JAVA_BYTE, off + 2, HEX[b >> 4 & 15]);
    out.set(ValueLayout.JAVA_BYTE, off + 3, HEX[b & 15]);
  }
}
