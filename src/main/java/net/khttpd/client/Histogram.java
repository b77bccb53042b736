package net.khttpd.client;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Counts of nanoseconds in buckets that grow with the value: sixteen to each doubling, so that a
/// bucket's middle is at most 3.2 % off whatever lies in it. Log-linear, as HdrHistogram's.
///
/// Written by one thread with plain adds, read by any. From 73 minutes on all goes into the last
/// bucket.
public final class Histogram {
  private static final int BITS = 4;
  private static final int STEPS = 1 << BITS;
  private static final int LARGEST = 41;
  private static final long MOST_NANOS = (1L << (LARGEST + 1)) - 1;

  /// How many buckets there are.
  public static final int BUCKETS = (LARGEST - BITS + 2) << BITS;

  private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

  /// The counts, then the sum of all values.
  private final long[] values = new long[BUCKETS + 1];

  /// Counts a value so many times.
  public void record(long nanos, int times) {
    long value = Math.clamp(nanos, 0, MOST_NANOS);
    add(bucketOf(value), times);
    add(BUCKETS, value * times);
  }

  public long count(int bucket) {
    return (long) LONGS.getOpaque(values, bucket);
  }

  /// The sum of all that was recorded.
  public long sumNanos() {
    return count(BUCKETS);
  }

  /// The bucket of a value.
  public static int bucketOf(long nanos) {
    if (nanos < STEPS) {
      return (int) nanos;
    }
    int scale = 63 - BITS - Long.numberOfLeadingZeros(nanos);
    return (scale << BITS) + (int) (nanos >>> scale);
  }

  /// The least value that is too large for a bucket.
  public static long endOf(int bucket) {
    if (bucket < STEPS) {
      return bucket + 1L;
    }
    int scale = (bucket >> BITS) - 1;
    return (STEPS + 1L + (bucket & (STEPS - 1))) << scale;
  }

  /// Adds all of another's.
  void take(Histogram other) {
    for (int i = 0; i <= BUCKETS; i++) {
      add(i, other.count(i));
    }
  }

  private void add(int at, long by) {
    LONGS.setOpaque(values, at, values[at] + by);
  }
}
