package net.khttpd.passon;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Writes addresses, given as 16 bytes in network order. Stateless.
final class AddressText {
  private static final ValueLayout.OfLong NETWORK_LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final long MAPPED = 0xFFFF;
  private static final int GROUPS = 8;

  private AddressText() {}

  /// Whether the 16 bytes are an IPv4-mapped address (RFC 4291 §2.5.5.2).
  static boolean isIpv4(MemorySegment address) {
    return address.get(NETWORK_LONG, 0) == 0
        && address.get(NETWORK_LONG, 8) >>> Integer.SIZE == MAPPED;
  }

  /// Whether it is no address: that of a peer which was gone before it was asked for.
  static boolean isUnspecified(MemorySegment address) {
    return address.get(NETWORK_LONG, 0) == 0 && address.get(NETWORK_LONG, 8) == 0;
  }

  /// Appends the text: dotted decimal, or without brackets as RFC 5952 wants it.
  static void write(MemorySegment address, Output out) {
    if (isIpv4(address)) {
      for (int i = 12; i < 16; i++) {
        if (i > 12) {
          out.put('.');
        }
        out.decimal(address.get(JAVA_BYTE, i) & 0xFF);
      }
    } else {
      ipv6(address, out);
    }
  }

  /// RFC 5952: the first of the longest runs of two or more zero groups is left out.
  private static void ipv6(MemorySegment address, Output out) {
    int runStart = -1;
    int runLength = 1;
    for (int i = 0; i < GROUPS; i++) {
      int length = zeros(address, i);
      if (length > runLength) {
        runStart = i;
        runLength = length;
      }
    }
    for (int i = 0; i < GROUPS; ) {
      if (i == runStart) {
        out.put(':');
        i += runLength;
        if (i == GROUPS) {
          out.put(':');
        }
      } else {
        if (i > 0) {
          out.put(':');
        }
        out.hex(group(address, i));
        i++;
      }
    }
  }

  private static int zeros(MemorySegment address, int from) {
    int i = from;
    while (i < GROUPS && group(address, i) == 0) {
      i++;
    }
    return i - from;
  }

  private static int group(MemorySegment address, int i) {
    int high = address.get(JAVA_BYTE, 2L * i) & 0xFF;
    return (high << 8) | (address.get(JAVA_BYTE, 2L * i + 1) & 0xFF);
  }
}
