package net.khttpd.decide;

import org.jspecify.annotations.Nullable;

/// What is known of the variants beside one file; it lies in the file's cache entry. Shared by all
/// loops without a lock: whoever writes, writes a truth.
final class Siblings {
  /// @param checkedNanos when it was found so, by the loops' clock
  /// @param present the codings whose variant exists and may be sent, a sum of bits
  /// @param varying the file's own answer, which tells that there are others; null before the first
  ///   variant was seen
  record Known(long checkedNanos, int present, Decision.@Nullable Serve varying) {}

  private volatile @Nullable Known known;

  @Nullable Known known() {
    return known;
  }

  void know(Known now) {
    known = now;
  }
}
