package net.khttpd.client;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The id of one request that is passed on (X-Request-Id): the client's, or one made of what is
/// random to a loop and a number. Belongs to an exchange, which is reused: whoever needs it longer
/// takes a copy. Used by one loop's thread.
public final class RequestId {
  /// The longest that is kept of a client's.
  public static final int LONGEST = 128;

  /// That of a request which has none; never set.
  public static final RequestId NONE = new RequestId();

  private final byte[] octets = new byte[LONGEST];
  private int length;

  /// There is none.
  public void clear() {
    length = 0;
  }

  /// Takes the client's over, of at most [#LONGEST] octets.
  public void keep(MemorySegment from, long offset, int count) {
    MemorySegment.copy(from, JAVA_BYTE, offset, octets, 0, count);
    length = count;
  }

  /// Makes one that no other loop makes, nor this one again.
  ///
  /// @param prefix random, of this loop alone
  /// @param number of the request
  public void make(long prefix, long number) {
    length = 0;
    for (int shift = Long.SIZE - 4; shift >= 0; shift -= 4) {
      digit(prefix >>> shift);
    }
    octets[length++] = '-';
    int digits = Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(number) + 3) / 4);
    for (int shift = digits * 4 - 4; shift >= 0; shift -= 4) {
      digit(number >>> shift);
    }
  }

  private void digit(long value) {
    octets[length++] = (byte) Character.forDigit((int) value & 15, 16);
  }

  /// Where its octets are, from 0 to [#length]. Not to be written to.
  public byte[] octets() {
    return octets;
  }

  public int length() {
    return length;
  }

  public byte[] copy() {
    return Arrays.copyOf(octets, length);
  }
}
