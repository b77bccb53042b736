package net.khttpd.settings;

/// What an ETag (RFC 9110 §8.8.3) is made of, the value of `etag`.
public enum EtagKind {
  /// The size and the time of modification.
  STAT,
  /// A hash of the content, computed once and off the loop.
  CONTENT,
  /// None is sent.
  OFF
}
