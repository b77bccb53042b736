package net.khttpd.settings;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/// A range of addresses in CIDR notation (RFC 4632), one entry of `trust`. IPv4 ranges are kept as
/// IPv4-mapped IPv6 ranges (RFC 4291 §2.5.5.2), so that one comparison serves both families.
///
/// @param high the first eight bytes of the lowest address, in network order
/// @param low the last eight bytes
/// @param bits how many leading bits of the 128 an address must share
/// @param text as it was written
public record AddressRange(long high, long low, int bits, String text) {
  private static final long MAPPED = 0x0000_FFFFL << 32;

  /// Whether the range holds the address of these sixteen bytes (IPv4 mapped). Allocates nothing.
  public boolean contains(long addressHigh, long addressLow) {
    long highMask = mask(Math.min(bits, 64));
    long lowMask = mask(Math.max(bits - 64, 0));
    return ((addressHigh ^ high) & highMask) == 0 && ((addressLow ^ low) & lowMask) == 0;
  }

  private static long mask(int leading) {
    return leading == 0 ? 0 : -1L << (64 - leading);
  }

  /// Reads `ADDRESS` or `ADDRESS/BITS`; bits of the address below the mask must be zero.
  public static AddressRange read(String text) throws BadValueException {
    int slash = text.indexOf('/');
    InetAddress address = Texts.address(slash < 0 ? text : text.substring(0, slash));
    byte[] bytes = address.getAddress();
    int width = bytes.length * 8;
    int given = slash < 0 ? width : bits(text.substring(slash + 1), width);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    AddressRange range =
        bytes.length == 4
            ? new AddressRange(0, MAPPED | (buffer.getInt() & 0xFFFF_FFFFL), given + 96, text)
            : new AddressRange(buffer.getLong(), buffer.getLong(), given, text);
    if (!range.isAligned()) {
      throw new BadValueException("has address bits set beyond its /" + given);
    }
    return range;
  }

  private boolean isAligned() {
    return (high & ~mask(Math.min(bits, 64))) == 0 && (low & ~mask(Math.max(bits - 64, 0))) == 0;
  }

  private static int bits(String text, int width) throws BadValueException {
    boolean digits = text.matches("[0-9]{1,3}");
    if (!digits || Integer.parseInt(text) > width) {
      throw new BadValueException("has no number of bits from 0 to " + width + " after the slash");
    }
    return Integer.parseInt(text);
  }
}
