package net.khttpd.http;

import java.nio.charset.StandardCharsets;

/// Makes the entity tag of a file (RFC 9110 §8.8.3) from what is equal on every replica: its size
/// and its modification time, never its inode. Cold: made once per cached file; any thread.
public final class EntityTag {
  private EntityTag() {}

  /// The tag as it stands in a head, quotes and `W/` included: `"<size>-<nanoseconds>"` in
  /// hexadecimal, then `-<coding>` unless `coding` is empty (a coded body is another representation
  /// and must not share a strong tag, RFC 9110 §8.8.3.3).
  ///
  /// The nanoseconds since 1970 are taken modulo 2^64, so that every time a file system can hold
  /// has a tag: the same value returns after 584 years. `coding` holds letters and digits only,
  /// such as `gz`.
  public static byte[] of(long size, long mtimeSecond, int mtimeNano, String coding, boolean weak) {
    if (!coding.chars().allMatch(Character::isLetterOrDigit) || !isAscii(coding)) {
      throw new IllegalArgumentException("a coding in an entity tag is of letters and digits");
    }
    StringBuilder tag = new StringBuilder(40).append(weak ? "W/\"" : "\"");
    tag.append(Long.toHexString(size)).append('-');
    tag.append(Long.toHexString(mtimeSecond * 1_000_000_000L + mtimeNano));
    if (!coding.isEmpty()) {
      tag.append('-').append(coding);
    }
    return tag.append('"').toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }
}
