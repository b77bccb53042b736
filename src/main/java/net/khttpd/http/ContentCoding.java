package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// A content coding of which files may lie compressed beside the original (RFC 9110 §8.4.1, RFC
/// 7932, RFC 8878), in the order of our preference: br is the smallest, zstd the next.
public enum ContentCoding {
  BR("br", ".br"),
  ZSTD("zstd", ".zst"),
  GZIP("gzip", ".gz");

  private final String token;
  private final String suffix;

  @SuppressWarnings("ImmutableEnumChecker") // written by the constructor only
  private final byte[] lower;

  ContentCoding(String token, String suffix) {
    this.token = token;
    this.suffix = suffix;
    lower = token.getBytes(StandardCharsets.US_ASCII);
  }

  /// As it stands in Content-Encoding.
  public String token() {
    return token;
  }

  /// What a variant's name has behind that of its original, the dot included.
  public String suffix() {
    return suffix;
  }

  /// A bit of a set of codings.
  @SuppressWarnings("EnumOrdinal") // never stored
  public int bit() {
    return 1 << ordinal();
  }

  boolean is(MemorySegment bytes, long offset, int length) {
    return Octets.equalsToken(bytes, offset, length, lower);
  }
}
