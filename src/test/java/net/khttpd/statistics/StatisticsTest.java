package net.khttpd.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.client.Histogram;
import net.khttpd.client.Latency;
import net.khttpd.decide.Rule;
import net.khttpd.http.Status;
import org.junit.jupiter.api.Test;

/// The tree of figures over loops that come and go.
final class StatisticsTest {
  private final Statistics statistics = new Statistics();

  private Counters loop(int number, int requests) {
    var counters = new Counters();
    counters.add(Counter.REQUESTS, requests);
    counters.add(Counter.CONNECTIONS_NOW, 1);
    statistics.began(number, counters);
    return counters;
  }

  private String get(String name) {
    return String.valueOf(statistics.get(name));
  }

  @Test
  void aSumIsThatOfItsLoops() {
    loop(0, 3);
    loop(1, 4);
    assertEquals("7", get("stats.requests"));
    assertEquals("3", get("net.khttpd.stats.loop0.requests"));
    assertEquals("4", get("net/khttpd/stats/loop1/requests"));
    assertNull(statistics.get("stats.loop2.requests"));
  }

  @Test
  void whatAnEndedLoopHasCountedStays() {
    Counters first = loop(0, 3);
    Counters second = loop(1, 4);
    first.served().out(0, 5, 1_000);
    statistics.ended(0, first);
    statistics.ended(0, first);
    statistics.ended(1, second);
    assertEquals("7", get("stats.requests"));
    assertEquals("3", get("stats.loop0.requests"));
    assertEquals("5", get("stats.latency.served.count"));
    assertEquals("0", get("stats.connections_now"), "a gauge falls with its loop");
    loop(0, 10);
    assertEquals("17", get("stats.requests"));
    assertEquals("13", get("stats.loop0.requests"));
  }

  @Test
  void aLoopThatStillDrainsCountsBesideItsSuccessor() {
    Counters draining = loop(0, 3);
    loop(0, 10);
    draining.increment(Counter.REQUESTS);
    assertEquals("14", get("stats.loop0.requests"));
    assertEquals("2", get("stats.loops"));
    statistics.ended(0, draining);
    assertEquals("14", get("stats.loop0.requests"));
    assertEquals("1", get("stats.loops"));
  }

  @Test
  void partsOfACounterAreToldApart() {
    Counters counters = loop(0, 0);
    counters.increment(Counter.PASSED_ON, Rule.QUERY.ordinal());
    counters.refused(Status.NOT_FOUND);
    counters.refused(Status.NOT_FOUND);
    counters.refused(Status.BAD_REQUEST);
    assertEquals("1", get("stats.passed_on.query"));
    assertEquals("3", get("stats.refused"));
    assertEquals("2", get("stats.refused.404"));
    assertEquals("2", get("stats.loop0.refused.404"));
    assertEquals("0", get("stats.refused.503"), "asked for by its name");
    assertTrue(statistics.names().contains("stats.refused.404"));
    assertTrue(!statistics.names().contains("stats.refused.503"), "in a listing");
  }

  @Test
  void thereIsRoomForEveryRule() {
    assertTrue(Rule.values().length <= Counter.By.RULE.parts());
  }

  @Test
  void linesAreThoseOfANodeAndAllBelow() {
    loop(0, 3);
    assertEquals(
        List.of("net.khttpd.stats.loop0.requests = 3"),
        statistics.lines("net.khttpd.stats.loop0.requests"));
    assertEquals(statistics.names().size(), statistics.lines("net.khttpd.stats").size());
    assertTrue(
        statistics.lines("stats.loop0").stream()
            .allMatch(line -> line.startsWith("net.khttpd.stats.loop0.")));
    assertEquals(List.of(), statistics.lines("stats.req"));
  }

  @Test
  void percentilesAreNearTheTrueOnes() {
    Counters counters = loop(0, 0);
    var random = new SplittableRandom(7);
    long[] nanos = random.longs(50_000, 1_000, 40_000_000).map(n -> n * n / 40_000_000).toArray();
    for (long each : nanos) {
      counters.passedOn().out(0, 1, each);
    }
    java.util.Arrays.sort(nanos);
    Distribution times = statistics.times(Latency.PASSED_ON, null);
    for (double share : new double[] {0.01, 0.5, 0.9, 0.99, 0.999, 1}) {
      double exact = nanos[(int) Math.ceil(share * nanos.length) - 1];
      double off = Math.abs(times.percentileNanos(share) - exact) / exact;
      assertTrue(off <= 0.0323, share + " is off by " + off);
    }
    long half = times.below(1 << 24);
    assertEquals(java.util.Arrays.stream(nanos).filter(n -> n < 1 << 24).count(), half);
    assertEquals(nanos.length, times.below(Histogram.endOf(Histogram.BUCKETS - 1)));
  }

  @Test
  void withoutATimeAPercentileIsNothing() {
    loop(0, 0);
    assertEquals("0", get("stats.latency.served.p99_us"));
    assertEquals("", get("stats.latency.served.buckets_ns"));
  }
}
