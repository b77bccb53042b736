package net.khttpd.statistics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.client.Histogram;
import net.khttpd.client.Latency;
import net.khttpd.files.FileCaches;
import net.khttpd.log.AccessLog;
import net.khttpd.passon.BackendState;
import net.khttpd.passon.Backends;
import org.jspecify.annotations.Nullable;

/// The figures of one server, over all its starts and stops: what its loops count, and what its
/// parts tell when they are asked. Thread-safe.
///
/// Reading looks at the loops' counters as they are and holds no loop up. What an ended loop has
/// counted stays under its number and in the sums, so that no counter ever goes backwards.
public final class Statistics {
  /// The loops of one number: one that serves, perhaps others that still drain, and all before.
  private static final class Numbered {
    final Counters past = new Counters();
    final List<Counters> serving = new ArrayList<>();

    List<Counters> all() {
      var all = new ArrayList<>(serving);
      all.add(past);
      return all;
    }
  }

  private final TreeMap<Integer, Numbered> loops = new TreeMap<>(); // guarded by this
  private @Nullable FileCaches files;
  private @Nullable Backends backends;
  private @Nullable AccessLog accessLog;
  private long droppedBefore;

  // What the running server tells

  /// A loop serves from now on.
  public synchronized void began(int loop, Counters counters) {
    loops.computeIfAbsent(loop, _ -> new Numbered()).serving.add(counters);
  }

  /// A loop's thread has ended. Told twice, it counts once.
  public synchronized void ended(int loop, Counters counters) {
    Numbered numbered = loops.get(loop);
    if (numbered != null && numbered.serving.remove(counters)) {
      numbered.past.take(counters);
    }
  }

  /// The files served from now on; null: none.
  public synchronized void files(@Nullable FileCaches caches) {
    files = caches;
  }

  /// The backends from now on; null: none.
  public synchronized void backends(@Nullable Backends now) {
    backends = now;
  }

  /// The access log from now on; null: none. The one before has been closed.
  public synchronized void accessLog(@Nullable AccessLog log) {
    AccessLog before = accessLog;
    if (before != null && before != log) {
      droppedBefore += before.dropped();
    }
    accessLog = log;
  }

  // What readers ask

  /// Whether a name, with or without `net.khttpd.`, is one of ours.
  public static boolean isBelow(String name) {
    String bare = Tree.bare(name);
    return bare.equals(Tree.ROOT) || bare.startsWith(Tree.ROOT + ".");
  }

  /// Every name with its value, as `stats.requests` and `23`. Parts of a counter (rules, statuses)
  /// that are 0 are left out; [#get] knows them all the same.
  public Map<String, String> all() {
    return new Tree(this, false).values();
  }

  /// The names of [#all].
  public List<String> names() {
    return List.copyOf(all().keySet());
  }

  /// The value of a name, with or without `net.khttpd.` before it; null if there is no such name.
  public @Nullable String get(String name) {
    return new Tree(this, true).values().get(Tree.bare(name));
  }

  /// `NAME = VALUE` of a name and of all below it, with `net.khttpd.`; empty if there are none. A
  /// part that is 0 answers to its own name only.
  public List<String> lines(String name) {
    List<String> lines = new Tree(this, false).lines(name);
    return lines.isEmpty() ? new Tree(this, true).lines(name) : lines;
  }

  /// The names whose values are numbers.
  public Map<String, Long> snapshot() {
    var numbers = new LinkedHashMap<String, Long>();
    all()
        .forEach((name, value) -> {
          if (!value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            numbers.put(name, Long.valueOf(value));
          }
        });
    return numbers;
  }

  /// The numbers of the loops that have ever served.
  public synchronized List<Integer> loops() {
    return List.copyOf(loops.keySet());
  }

  /// A part of a counter, of one loop or (null) of all.
  public long value(Counter counter, int part, @Nullable Integer loop) {
    return sum(loop, counters -> counters.get(counter, part));
  }

  /// The whole of a counter, of one loop or (null) of all.
  public long value(Counter counter, @Nullable Integer loop) {
    return sum(loop, counters -> counters.get(counter));
  }

  /// The times measured, of one loop or (null) of all.
  public synchronized Distribution times(Latency latency, @Nullable Integer loop) {
    var histograms = new ArrayList<Histogram>();
    of(loop).forEach(counters -> histograms.add(counters.of(latency).histogram()));
    return new Distribution(histograms);
  }

  /// A figure of the whole server.
  public synchronized long value(ServerFigure figure) {
    FileCaches caches = files;
    Backends pools = backends;
    AccessLog log = accessLog;
    return switch (figure) {
      case LOOPS -> loops.values().stream().mapToLong(each -> each.serving.size()).sum();
      case CACHE_FILES -> caches == null ? 0 : caches.entries();
      case CACHE_BYTES -> caches == null ? 0 : caches.bodyBytes();
      case CACHE_DESCRIPTORS -> caches == null ? 0 : caches.descriptors();
      case BACKEND_QUEUE -> pools == null ? 0 : pools.queued();
      case LOG_DROPPED -> droppedBefore + (log == null ? 0 : log.dropped());
    };
  }

  /// How each backend is, in the order of the settings.
  public synchronized List<BackendState> backends() {
    Backends pools = backends;
    return pools == null ? List.of() : pools.states();
  }

  private synchronized long sum(@Nullable Integer loop, ToLongFunction<Counters> value) {
    return of(loop).stream().mapToLong(value).sum();
  }

  private List<Counters> of(@Nullable Integer loop) {
    var found = new ArrayList<Counters>();
    for (Map.Entry<Integer, Numbered> each : loops.entrySet()) {
      if (loop == null || loop.equals(each.getKey())) {
        found.addAll(each.getValue().all());
      }
    }
    return found;
  }
}
