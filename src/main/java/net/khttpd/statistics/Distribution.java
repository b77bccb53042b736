package net.khttpd.statistics;

import java.util.List;
import net.khttpd.client.Histogram;

/// The histograms of several loops in one, as they were at a moment. Immutable.
public final class Distribution {
  private final long[] counts = new long[Histogram.BUCKETS];
  private final long count;
  private final long sumNanos;

  Distribution(List<Histogram> histograms) {
    long sum = 0;
    long all = 0;
    for (Histogram histogram : histograms) {
      sum += histogram.sumNanos();
      for (int i = 0; i < counts.length; i++) {
        long here = histogram.count(i);
        counts[i] += here;
        all += here;
      }
    }
    count = all;
    sumNanos = sum;
  }

  public long count() {
    return count;
  }

  public long sumNanos() {
    return sumNanos;
  }

  /// How many lie below a time, which must be the end of a bucket, as powers of two are.
  public long below(long nanos) {
    long sum = 0;
    for (int i = 0; i < counts.length && Histogram.endOf(i) <= nanos; i++) {
      sum += counts[i];
    }
    return sum;
  }

  /// The time that `share` of all did not exceed, at most 3.2 % off; 0 if there are none.
  public long percentileNanos(double share) {
    long rank = Math.max(1, (long) Math.ceil(share * count));
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= rank) {
        return middle(i);
      }
    }
    return 0;
  }

  /// `END:COUNT` of each bucket that is not empty, END being the least time in nanoseconds that is
  /// too long for it: who reads it twice can tell what lies between.
  public String text() {
    var text = new StringBuilder();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        text.append(text.isEmpty() ? "" : " ").append(Histogram.endOf(i)).append(':');
        text.append(counts[i]);
      }
    }
    return text.toString();
  }

  private static long middle(int bucket) {
    long begin = bucket == 0 ? 0 : Histogram.endOf(bucket - 1);
    return (begin + Histogram.endOf(bucket)) / 2;
  }
}
