package net.khttpd.passon;

/// How long a backend keeps idle connections, as seen: what a request that cannot be repeated may
/// trust in. Shared by all loops; the fields are hints, so a lost update does no harm.
///
/// Nothing can prove that a connection just taken is not being closed by the backend at the same
/// moment. But a backend that has kept connections for a time, and has ended none sooner of late,
/// will not end one that is idle for less than half of it. Where nothing has been seen yet, or
/// connections end soon after their answer, nothing is trusted.
final class IdleHabit {
  /// What is trusted at most.
  private static final long MOST_NANOS = 1_000_000_000L;

  /// Less is not trusted at all: it is the size of our own delays.
  private static final long LEAST_NANOS = 20_000_000L;

  /// For so long an early end counts.
  private static final long MEMORY_NANOS = 60_000_000_000L;

  private volatile long longestNanos;
  private volatile long soonestEndNanos = Long.MAX_VALUE;
  private volatile long soonestAtNanos;

  /// A connection idle for so long was still there.
  void kept(long idleNanos) {
    if (idleNanos > longestNanos) {
      longestNanos = idleNanos;
    }
  }

  /// The backend has ended a connection that was idle for so long.
  void ended(long idleNanos, long nowNanos) {
    if (idleNanos <= soonestEndNanos || nowNanos - soonestAtNanos > MEMORY_NANOS) {
      soonestEndNanos = idleNanos;
      soonestAtNanos = nowNanos;
    }
    kept(idleNanos);
  }

  /// How long a connection may have been idle that a request takes which cannot be repeated; 0:
  /// only a new one will do.
  long trustedNanos(long nowNanos) {
    long kept = longestNanos;
    if (soonestEndNanos < kept && nowNanos - soonestAtNanos <= MEMORY_NANOS) {
      kept = soonestEndNanos;
    }
    long half = Math.min(kept / 2, MOST_NANOS);
    return half < LEAST_NANOS ? 0 : half;
  }
}
