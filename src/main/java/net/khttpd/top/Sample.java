package net.khttpd.top;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What the server said at a moment.
///
/// @param nanos of System.nanoTime()
/// @param values by their names below `stats.`
record Sample(long nanos, Map<String, String> values) {
  private static final String ROOT = "stats.";

  /// Reads `NAME = VALUE`; whatever is not below `stats` is left out.
  static Sample read(long nanos, List<String> lines) {
    var values = new HashMap<String, String>();
    for (String line : lines) {
      int equals = line.indexOf('=');
      int root = line.indexOf(ROOT);
      if (root >= 0 && root < equals) {
        String name = line.substring(root + ROOT.length(), equals).strip();
        values.put(name, line.substring(equals + 1).strip());
      }
    }
    return new Sample(nanos, Map.copyOf(values));
  }

  /// A number; 0 if there is none.
  long of(String name) {
    try {
      return Long.parseLong(text(name));
    } catch (NumberFormatException none) {
      return 0;
    }
  }

  String text(String name) {
    return values.getOrDefault(name, "");
  }

  /// The buckets of a histogram: how many lie in each, by its end in nanoseconds.
  TreeMap<Long, Long> buckets(String name) {
    var buckets = new TreeMap<Long, Long>();
    for (String bucket : text(name).split(" ")) {
      int colon = bucket.indexOf(':');
      if (colon > 0) {
        buckets.put(
            Long.valueOf(bucket.substring(0, colon)), Long.valueOf(bucket.substring(colon + 1)));
      }
    }
    return buckets;
  }
}
