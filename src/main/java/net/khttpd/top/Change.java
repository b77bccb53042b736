package net.khttpd.top;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What happened between two moments.
record Change(Sample before, Sample after) {
  /// Something told apart by a label, and how often it happened in a second.
  record Part(String label, double rate) {}

  double seconds() {
    return Math.max(1e-3, (after.nanos() - before.nanos()) / 1e9);
  }

  /// How much a counter has grown; a server that began anew counts from 0.
  long growth(String name) {
    long now = after.of(name);
    long then = before.of(name);
    return now >= then ? now - then : now;
  }

  /// The same in a second.
  double rate(String name) {
    return growth(name) / seconds();
  }

  /// A gauge.
  long now(String name) {
    return after.of(name);
  }

  String text(String name) {
    return after.text(name);
  }

  /// One growth by another; 0 if nothing happened.
  double ratio(String name, String by) {
    long all = growth(by);
    return all == 0 ? 0 : (double) growth(name) / all;
  }

  /// How often something was looked for in the cache.
  long lookUps() {
    return growth("cache_hits") + growth("cache_misses");
  }

  /// The share of them that found it; 0 if nothing happened.
  double hitShare() {
    return lookUps() == 0 ? 0 : (double) growth("cache_hits") / lookUps();
  }

  /// The parts of a counter that grew, the fastest first.
  List<Part> parts(String name) {
    String before = name + ".";
    var parts = new ArrayList<Part>();
    for (String each : after.values().keySet()) {
      if (each.startsWith(before) && growth(each) > 0) {
        parts.add(new Part(each.substring(before.length()), rate(each)));
      }
    }
    parts.sort(Comparator.comparingDouble((Part p) -> -p.rate()).thenComparing(Part::label));
    return parts;
  }

  /// The numbers of the loops, in order.
  List<Integer> loops() {
    return numbered("loop", ".requests");
  }

  /// The numbers of the backends, in order.
  List<Integer> backends() {
    return numbered("backend", ".name");
  }

  /// The time in nanoseconds that `share` of what was measured since did not exceed; 0 if nothing
  /// was.
  long percentileNanos(String latency, double share) {
    TreeMap<Long, Long> counts = after.buckets(latency + ".buckets_ns");
    before
        .buckets(latency + ".buckets_ns")
        .forEach((end, count) -> counts.merge(end, -count, Long::sum));
    long all = counts.values().stream().mapToLong(count -> Math.max(0, count)).sum();
    long rank = Math.max(1, (long) Math.ceil(share * all));
    long seen = 0;
    for (Map.Entry<Long, Long> bucket : counts.entrySet()) {
      seen += Math.max(0, bucket.getValue());
      if (seen >= rank) {
        return bucket.getKey();
      }
    }
    return 0;
  }

  private List<Integer> numbered(String word, String end) {
    return after.values().keySet().stream()
        .filter(name -> name.matches(word + "[0-9]{1,4}\\" + end))
        .map(name -> Integer.valueOf(name.substring(word.length(), name.length() - end.length())))
        .sorted()
        .toList();
  }
}
