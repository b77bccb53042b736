package net.khttpd.settings;

/// A content coding whose variants are sent, an entry of `precompressed`.
public enum PrecompressedCoding {
  /// `.br`, RFC 7932
  BR,
  /// `.zst`, RFC 8878
  ZSTD,
  /// `.gz`, RFC 1952
  GZIP
}
