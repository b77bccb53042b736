package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The path of a request, decoded exactly once and normalised: what the rules judge and what the
/// file cache looks up.
///
/// Two forms of it are kept. The *decoded* path has its escapes resolved and nothing else changed.
/// The *canonical* path has, in addition, empty segments collapsed and `.` and `..` removed (RFC
/// 3986 §5.2.4), never climbs above the root, begins with a slash, and is followed by a zero byte
/// that is not counted, so that the kernel can read it. What was unusual on the way is told by the
/// flags of [#decode]; an unusual path is still decoded, since the rules decide what it means.
///
/// Used again for each request of a loop; free of allocation; used by one loop. Its memory belongs
/// to whoever made it and is overwritten by the next [#decode].
public final class RequestPath {
  /// `%2F` or `%5C`: decoded, it would be taken for a separator.
  public static final int ENCODED_SLASH = 1;

  /// A control, 0x01 to 0x1F or 0x7F.
  public static final int CONTROL = 1 << 1;

  /// Decoded, the path is not UTF-8: over-long, a surrogate, a lone byte.
  public static final int NOT_UTF8 = 1 << 2;

  /// A raw backslash.
  public static final int BACKSLASH = 1 << 3;

  /// Any other raw byte that does not belong in a path: blank, `"`, `#`, `<`, `>`, `?`, `^`, a
  /// backtick, `{`, `|`, `}`, or from 0x80. Brackets are left alone, because browsers send them
  /// raw.
  public static final int RAW_SPECIAL = 1 << 4;

  /// A `..` segment.
  public static final int DOT_DOT = 1 << 5;

  /// A `..` segment that would have left the root; it was dropped.
  public static final int CLIMBS = 1 << 6;

  /// A segment that begins with a dot and is neither `.`, `..` nor `.well-known`.
  public static final int DOT_SEGMENT = 1 << 7;

  /// Two slashes in a row.
  public static final int EMPTY_SEGMENT = 1 << 8;

  /// The canonical path ends with a slash. The one flag that an ordinary path may have.
  public static final int DIRECTORY = 1 << 9;

  /// `%00`, or `%` without two hexadecimal digits: 400. Nothing was decoded.
  public static final int BAD_ESCAPE = 1 << 10;

  /// No slash at the beginning. Nothing was decoded.
  public static final int NOT_ABSOLUTE = 1 << 11;

  /// Longer than this instance takes: 414. Nothing was decoded.
  public static final int TOO_LONG = 1 << 12;

  private final int maxLength;
  private final long seed;
  private final MemorySegment canonical;
  private final MemorySegment scratch;

  private MemorySegment decoded;
  private int decodedLength;
  private int length;
  private int hash;
  private int flags;

  /// `space` holds [#spaceFor] bytes, of any alignment; `seed` is random and secret, and the same
  /// for all loops that share a cache.
  public RequestPath(MemorySegment space, int maxLength, long seed) {
    long half = halfFor(maxLength);
    this.maxLength = maxLength;
    this.seed = seed;
    canonical = space.asSlice(0, half);
    scratch = space.asSlice(half, half);
    decoded = canonical;
  }

  /// Bytes needed for paths of up to `maxLength` bytes.
  public static long spaceFor(int maxLength) {
    return 2 * halfFor(maxLength);
  }

  /// Whole words, and at least one zero byte behind the longest path.
  private static long halfFor(int maxLength) {
    return (maxLength & ~7L) + 8;
  }

  /// Takes the path of a target, without its query, and returns the flags: 0 or [#DIRECTORY] for an
  /// ordinary path.
  public int decode(MemorySegment in, long off, int len) {
    clear();
    if (len > maxLength) {
      flags = TOO_LONG;
    } else if (len == 0 || in.get(ValueLayout.JAVA_BYTE, off) != '/') {
      flags = NOT_ABSOLUTE;
    } else if (copyPlain(in, off, len)) {
      length = len;
      decodedLength = len;
      flags = in.get(ValueLayout.JAVA_BYTE, off + len - 1) == '/' ? DIRECTORY : 0;
    } else {
      decodeUnusual(in, off, len);
    }
    return flags;
  }

  /// The flags of the last [#decode].
  public int flags() {
    return flags;
  }

  /// Holds the canonical path from offset 0; the same segment for the life of this object.
  public MemorySegment bytes() {
    return canonical;
  }

  /// Bytes of the canonical path; 0 if nothing was decoded.
  public int length() {
    return length;
  }

  /// A hash of the canonical path, equal to [#hashOf] of the same bytes with the same seed.
  public int hash() {
    return hash;
  }

  /// Holds the decoded path, before normalisation, from offset 0, until the next [#decode].
  public MemorySegment decoded() {
    return decoded;
  }

  public int decodedLength() {
    return decodedLength;
  }

  /// Whether these bytes occur in the decoded path. Case counts; no bytes occur in every path.
  public boolean contains(byte[] needle) {
    for (int i = 0; i <= decodedLength - needle.length; i++) {
      if (occursAt(i, needle)) {
        return true;
      }
    }
    return false;
  }

  /// The hash of a canonical path that lies elsewhere.
  public static int hashOf(MemorySegment path, long off, int len, long seed) {
    return PathWords.hash(path, off, len, seed);
  }

  /// The same, of one on the heap.
  public static int hashOf(byte[] path, long seed) {
    return PathWords.hash(MemorySegment.ofArray(path), 0, path.length, seed);
  }

  private boolean occursAt(int at, byte[] needle) {
    for (int i = 0; i < needle.length; i++) {
      if (decoded.get(ValueLayout.JAVA_BYTE, at + i) != needle[i]) {
        return false;
      }
    }
    return true;
  }

  private void clear() {
    decoded = canonical;
    decodedLength = 0;
    length = 0;
    hash = 0;
    flags = 0;
  }

  /// Copies, judges and hashes eight bytes at a time. Gives up at the first that are unusual.
  private boolean copyPlain(MemorySegment in, long off, int len) {
    int whole = len & ~7;
    long carry = 0;
    long sum = PathWords.begin(seed);
    for (int i = 0; i < whole; i += 8) {
      long word = in.get(PathWords.WORD, off + i);
      long slashes = PathWords.slashes(word);
      if (PathWords.unusual(word, slashes, carry) != 0) {
        return false;
      }
      carry = slashes >>> 56;
      canonical.set(PathWords.WORD, i, word);
      sum = PathWords.mix(sum, word, seed);
    }
    long tail = PathWords.tail(in, off, len);
    long filled = PathWords.filled(tail, len & 7);
    if (PathWords.unusual(filled, PathWords.slashes(filled), carry) != 0) {
      return false;
    }
    canonical.set(PathWords.WORD, whole, tail);
    hash = PathWords.end(PathWords.mix(sum, tail, seed), len);
    return true;
  }

  private void decodeUnusual(MemorySegment in, long off, int len) {
    long result = PathEscapes.decode(in, off, len, scratch);
    if (result < 0) {
      flags = BAD_ESCAPE;
      return;
    }
    decoded = scratch;
    decodedLength = (int) (result >>> 32);
    flags = (int) result;
    if (!Utf8.isValid(decoded, 0, decodedLength)) {
      flags |= NOT_UTF8;
    }
    normalise();
    for (int i = length; i < (length & ~7) + 8; i++) {
      canonical.set(ValueLayout.JAVA_BYTE, i, (byte) 0);
    }
    hash = PathWords.hash(canonical, 0, length, seed);
  }

  private void normalise() {
    for (int start = 0; start < decodedLength; ) {
      int end = start + 1;
      while (end < decodedLength && decoded.get(ValueLayout.JAVA_BYTE, end) != '/') {
        end++;
      }
      takeSegment(start, end);
      start = end;
    }
    if (canonical.get(ValueLayout.JAVA_BYTE, length - 1) == '/') {
      flags |= DIRECTORY;
    }
  }

  /// Appends a segment with the slash before it, or does what a dot segment asks for. The last one,
  /// if it is empty or of dots, leaves its slash.
  private void takeSegment(int start, int end) {
    int size = end - start - 1;
    boolean last = end == decodedLength;
    int dots = leadingDots(start + 1, end);
    if (size > 0 && (dots < size || dots > 2)) {
      MemorySegment.copy(decoded, start, canonical, length, size + 1);
      length += size + 1;
      if (dots > 0 && !isWellKnown(start + 1, size)) {
        flags |= DOT_SEGMENT;
      }
      return;
    }
    if (size == 2) {
      climb();
    } else if (size == 0 && !last) {
      flags |= EMPTY_SEGMENT;
    }
    if (last) {
      canonical.set(ValueLayout.JAVA_BYTE, length, (byte) '/');
      length++;
    }
  }

  private int leadingDots(int start, int end) {
    int at = start;
    while (at < end && decoded.get(ValueLayout.JAVA_BYTE, at) == '.') {
      at++;
    }
    return at - start;
  }

  private void climb() {
    flags |= DOT_DOT;
    if (length == 0) {
      flags |= CLIMBS;
      return;
    }
    do {
      length--;
    } while (canonical.get(ValueLayout.JAVA_BYTE, length) != '/');
  }

  private boolean isWellKnown(int start, int size) {
    return size == PathEscapes.WELL_KNOWN.length && occursAt(start, PathEscapes.WELL_KNOWN);
  }
}
