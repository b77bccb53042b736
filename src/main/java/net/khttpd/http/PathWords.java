package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Eight bytes of a path at once: is there anything that needs a closer look, and a hash of them.
///
/// Little-endian on every machine, so that a hash is of the bytes and not of the processor. Pure;
/// any thread.
final class PathWords {
  static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long SLASHES = ONES * '/';
  private static final long LETTERS = ONES * 'a';

  /// Odd constants with well mixed bits; the seed makes them secret.
  private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;

  private static final long SECOND_SECRET = 0xd6e8feb86659fd93L;

  private PathWords() {}

  /// The last `len & 7` bytes as a word, the rest of it zero. Never reads outside `off` to `off +
  /// len`.
  static long tail(MemorySegment in, long off, int len) {
    int rest = len & 7;
    if (rest == 0) {
      return 0;
    }
    if (len >= 8) {
      return in.get(WORD, off + len - 8) >>> (8 * (8 - rest));
    }
    long word = 0;
    for (int i = rest - 1; i >= 0; i--) {
      word = word << 8 | (in.get(ValueLayout.JAVA_BYTE, off + i) & 0xff);
    }
    return word;
  }

  /// A tail with letters instead of the zeros behind its `rest` bytes: for the checks only.
  static long filled(long tail, int rest) {
    return tail | LETTERS << (8 * rest);
  }

  /// The high bit of each byte that is a slash. May mark a wrong byte next to a right one, which
  /// costs no more than a closer look.
  static long slashes(long word) {
    return zeros(word ^ SLASHES);
  }

  /// Non-zero if a byte of the word is none of those that a plain path is made of, or if a dot or a
  /// slash follows a slash. `carry` is 0x80 if the byte before the word was a slash, else 0.
  ///
  /// Errs to the safe side only: `!`, `$`, `=`, `{` to `~` and the beginning of `..name` count,
  /// too.
  static long unusual(long word, long slashes, long carry) {
    long below = (word - ONES * 0x26) & ~word & HIGHS; // controls, blank, " # %
    long above = (word | (word + ONES * 0x05)) & HIGHS; // { | } DEL and from 0x80
    long angles = zeros((word & 0xfcfcfcfcfcfcfcfcL) ^ 0x3c3c3c3c3c3c3c3cL); // < = > ?
    long backslash = zeros((word & 0xfdfdfdfdfdfdfdfdL) ^ 0x5c5c5c5c5c5c5c5cL); // \ ^
    long backtick = zeros(word ^ ONES * 0x60);
    long dotOrSlash = zeros((word & 0xfefefefefefefefeL) ^ 0x2e2e2e2e2e2e2e2eL);
    long afterSlash = slashes << 8 | carry;
    return below | above | angles | backslash | backtick | (dotOrSlash & afterSlash);
  }

  /// The high bit of each zero byte, and perhaps of one above it.
  private static long zeros(long word) {
    return (word - ONES) & ~word & HIGHS;
  }

  /// Adds a word to a hash. Both factors hold a secret and all 128 bits of the product count, so
  /// that nobody can choose paths that meet in one slot without knowing the seed.
  static long mix(long hash, long word, long seed) {
    long a = word ^ seed;
    long b = hash ^ SECOND_SECRET;
    return (a * b) ^ Math.unsignedMultiplyHigh(a, b);
  }

  /// The start value of a hash with this seed.
  static long begin(long seed) {
    return Long.rotateLeft(seed * MULTIPLIER, 32) ^ seed;
  }

  /// Ends a hash: 32 bits, of which the low ones are as good as any.
  static int end(long hash, int len) {
    long mixed = (hash ^ len) * MULTIPLIER;
    return (int) (mixed >>> 32);
  }

  /// The hash of bytes that nobody needs to look at otherwise.
  static int hash(MemorySegment in, long off, int len, long seed) {
    long hash = begin(seed);
    int whole = len & ~7;
    for (int i = 0; i < whole; i += 8) {
      hash = mix(hash, in.get(WORD, off + i), seed);
    }
    return end(mix(hash, tail(in, off, len), seed), len);
  }
}
