package net.khttpd.statistics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.khttpd.client.Counter;
import net.khttpd.client.Latency;
import net.khttpd.passon.BackendState;
import org.jspecify.annotations.Nullable;

/// The tree `stats` at a moment: sums, then what there is once, then each backend, then each loop.
final class Tree {
  private static final String PREFIX = "net.khttpd.";

  /// Below which all names are.
  static final String ROOT = "stats";

  private final Statistics statistics;
  private final boolean whole;
  private final Map<String, String> values = new LinkedHashMap<>();

  /// @param whole with the parts of counters that are 0
  Tree(Statistics statistics, boolean whole) {
    this.statistics = statistics;
    this.whole = whole;
    counted(ROOT + ".", null);
    for (ServerFigure figure : ServerFigure.values()) {
      put(ROOT + "." + figure.label(), statistics.value(figure));
    }
    backends(statistics.backends());
    for (Integer loop : statistics.loops()) {
      counted(ROOT + ".loop" + loop + ".", loop);
    }
  }

  Map<String, String> values() {
    return values;
  }

  List<String> lines(String name) {
    String node = bare(name);
    var lines = new ArrayList<String>();
    values.forEach((each, value) -> {
      if (each.equals(node) || each.startsWith(node + ".")) {
        lines.add(PREFIX + each + (value.isEmpty() ? " =" : " = " + value));
      }
    });
    return lines;
  }

  /// A name as sysctl(8) takes it, in our own form.
  static String bare(String name) {
    String dotted = name.replace('/', '.');
    return dotted.startsWith(PREFIX) ? dotted.substring(PREFIX.length()) : dotted;
  }

  private void counted(String before, @Nullable Integer loop) {
    for (Counter counter : Counter.values()) {
      put(before + counter.label(), statistics.value(counter, loop));
      for (Parts.Part part : Parts.of(counter)) {
        long value = statistics.value(counter, part.index(), loop);
        if (whole || value != 0) {
          put(before + counter.label() + "." + part.label(), value);
        }
      }
    }
    for (Latency latency : Latency.values()) {
      Distribution times = statistics.times(latency, loop);
      for (LatencyFigure figure : LatencyFigure.values()) {
        values.put(before + latency.label() + "." + figure.label(), figure.of(times));
      }
    }
  }

  private void backends(List<BackendState> states) {
    for (int i = 0; i < states.size(); i++) {
      String before = ROOT + ".backend" + i + ".";
      values.put(before + "name", states.get(i).name());
      values.put(before + "state", states.get(i).state());
      for (BackendFigure figure : BackendFigure.values()) {
        put(before + figure.label(), figure.of(states.get(i)));
      }
    }
  }

  private void put(String name, long value) {
    values.put(name, Long.toString(value));
  }
}
