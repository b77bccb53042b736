package net.khttpd.send;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/// Writes numbers into heads without a String. Stateless.
final class Decimal {
  /// Digits of the largest `long`.
  static final int LONGEST = 19;

  private Decimal() {}

  /// Writes a number that is not negative, and returns the offset behind its last digit.
  static long write(long number, MemorySegment out, long at) {
    long end = at + digits(number);
    long rest = number;
    for (long i = end - 1; i >= at; i--) {
      out.set(JAVA_BYTE, i, (byte) ('0' + rest % 10));
      rest /= 10;
    }
    return end;
  }

  private static int digits(long number) {
    int digits = 1;
    for (long rest = number / 10; rest > 0; rest /= 10) {
      digits++;
    }
    return digits;
  }
}
