package net.khttpd.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The buckets of a histogram.
final class HistogramTest {
  private static final double MOST_OFF = 0.0323;

  @Test
  void everyBucketBeginsWhereTheLastOneEnds() {
    long begin = 0;
    for (int bucket = 0; bucket < Histogram.BUCKETS; bucket++) {
      assertEquals(bucket, Histogram.bucketOf(begin), "begin of " + bucket);
      assertEquals(bucket, Histogram.bucketOf(Histogram.endOf(bucket) - 1), "end of " + bucket);
      begin = Histogram.endOf(bucket);
    }
    assertEquals(1L << 42, begin);
  }

  @Test
  void theMiddleOfABucketIsNearWhateverLiesInIt() {
    var random = new SplittableRandom(20260101);
    for (int i = 0; i < 100_000; i++) {
      long nanos = random.nextLong(16, 1L << random.nextInt(5, 42));
      int bucket = Histogram.bucketOf(nanos);
      double middle = (Histogram.endOf(bucket - 1) + Histogram.endOf(bucket)) / 2.0;
      assertTrue(Math.abs(middle - nanos) / nanos <= MOST_OFF, nanos + " is not near " + middle);
    }
  }

  @Test
  void whatIsOutOfBoundsGoesIntoTheFirstOrTheLastBucket() {
    var histogram = new Histogram();
    histogram.record(-5, 1);
    histogram.record(Long.MAX_VALUE, 2);
    assertEquals(1, histogram.count(0));
    assertEquals(2, histogram.count(Histogram.BUCKETS - 1));
  }

  @Test
  void whatIsOutWithinATurnTakesUntilTheTurnsEnd() {
    var latencies = new Latencies();
    latencies.outThisTurn(1_000, 2);
    latencies.outThisTurn(1_000, 3);
    for (int i = 0; i < 100; i++) {
      latencies.outThisTurn(2_000 + i, 1);
    }
    assertEquals(0, latencies.histogram().sumNanos());
    assertTrue(latencies.waiting());
    latencies.turnEnded(10_000);
    assertEquals(5, latencies.histogram().count(Histogram.bucketOf(9_000)));
    assertEquals(5 * 9_000 + 100 * 8_000 - 99 * 50, latencies.histogram().sumNanos());
    latencies.turnEnded(20_000);
    assertEquals(5 * 9_000 + 100 * 8_000 - 99 * 50, latencies.histogram().sumNanos());
  }
}
