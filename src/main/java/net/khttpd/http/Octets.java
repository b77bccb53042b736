package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Classes of octets and the few comparisons on octets that every parser of this package needs (RFC
/// 9110 §5.5 and §5.6, RFC 3986 §2 and §3). Stateless.
final class Octets {
  static final ValueLayout.OfByte OCTET = ValueLayout.JAVA_BYTE;
  static final ValueLayout.OfLong EIGHT =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// `/`. One below [#AFTER_SLASH], so that a shift by one lays the previous octet's bit over the
  /// next one's.
  static final int SLASH = 1;

  /// `/` and `.`: what a path that needs no normalising never has after a slash.
  static final int AFTER_SLASH = SLASH << 1;

  /// pchar without `%`, and `/` (RFC 3986 §3.3).
  static final int PLAIN = 4;

  /// Whatever may stand raw in a request-target: visible ASCII without `#`, `%` and `?`, which have
  /// their own treatment, and obs-text. Wider than RFC 3986, since browsers send `|`, `{` and `"`
  /// unencoded, and curl the UTF-8 it was given.
  static final int TARGET = 8;

  /// tchar (RFC 9110 §5.6.2).
  static final int TCHAR = 16;

  /// field-vchar, SP and HTAB (RFC 9110 §5.5).
  static final int VALUE = 32;

  /// unreserved / sub-delims without the comma, which would let one Host be read as two (RFC 3986
  /// §3.2.2).
  static final int REG_NAME = 64;

  /// The classes of each octet, a sum of the bits above.
  static final byte[] CLASS = new byte[256];

  /// The value of each hexadecimal digit, -1 for every other octet.
  static final byte[] HEX = new byte[256];

  private static final long LOW_BITS = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long SPACES = 0x2020202020202020L;
  private static final long DELETES = 0x7f7f7f7f7f7f7f7fL;

  static {
    for (int c = '!'; c <= '~'; c++) {
      CLASS[c] |= VALUE | TARGET;
    }
    for (int c = 0x80; c <= 0xff; c++) {
      CLASS[c] |= VALUE | TARGET;
    }
    CLASS[' '] |= VALUE;
    CLASS['\t'] |= VALUE;
    mark("/", SLASH);
    mark("/.", AFTER_SLASH);
    String letters = "abcdefghijklmnopqrstuvwxyz";
    String unreserved = letters + letters.toUpperCase(java.util.Locale.ROOT) + "0123456789-._~";
    mark(unreserved + "!$&'()*+;=", PLAIN | REG_NAME);
    mark(",:@/", PLAIN);
    mark(unreserved + "!#$%&'*+^`|", TCHAR);
    for (char c : "#%?".toCharArray()) {
      CLASS[c] &= ~TARGET;
    }
    java.util.Arrays.fill(HEX, (byte) -1);
    for (int digit = 0; digit < 16; digit++) {
      HEX["0123456789abcdef".charAt(digit)] = (byte) digit;
      HEX["0123456789ABCDEF".charAt(digit)] = (byte) digit;
    }
  }

  private Octets() {}

  private static void mark(String octets, int bits) {
    for (int i = 0; i < octets.length(); i++) {
      CLASS[octets.charAt(i)] |= (byte) bits;
    }
  }

  static int at(MemorySegment bytes, long offset) {
    return bytes.get(OCTET, offset) & 0xff;
  }

  static boolean is(int octet, int classes) {
    return (CLASS[octet] & classes) != 0;
  }

  static boolean isDigit(int octet) {
    return octet >= '0' && octet <= '9';
  }

  static boolean isWhitespace(int octet) {
    return octet == ' ' || octet == '\t';
  }

  /// The high bit of the lowest octet of `word` that is a control (below SP, or DEL) is the lowest
  /// bit set in the result; 0 if there is none. Bits above the lowest one mean nothing.
  static long controls(long word) {
    long noDelete = word ^ DELETES;
    return (((word - SPACES) & ~word) | ((noDelete - LOW_BITS) & ~noDelete)) & HIGH_BITS;
  }

  /// Whether the octets equal `lower`, letters in either case. `lower` holds lower-case letters,
  /// digits and hyphens only; for these, setting bit 5 maps nothing but the upper-case letter onto
  /// them (controls aside, which cannot stand in a token).
  static boolean equalsToken(MemorySegment bytes, long offset, int length, byte[] lower) {
    if (length != lower.length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if ((bytes.get(OCTET, offset + i) | 0x20) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  /// Whether two stretches of `length` octets are equal, ASCII letters in either case.
  static boolean equalsIgnoringCase(MemorySegment bytes, long one, long other, int length) {
    for (int i = 0; i < length; i++) {
      if (lower(at(bytes, one + i)) != lower(at(bytes, other + i))) {
        return false;
      }
    }
    return true;
  }

  static int lower(int octet) {
    return octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet;
  }
}
