package net.khttpd.passon;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The requests of one loop that wait for a connection: a line for each choice of backends, so that
/// one site's full backend holds up nobody else's requests. Lines that want the same backend take
/// turns.
///
/// Used by the loop's thread, but for [#size].
final class Waiting {
  private final Map<List<Backend>, ArrayDeque<Relay>> lines = new LinkedHashMap<>();
  private final Map<Backend, Integer> wanted = new HashMap<>();
  private int count;
  private volatile int size;

  void add(Relay relay) {
    List<Backend> backends = relay.attempts().list();
    lines.computeIfAbsent(backends, _ -> new ArrayDeque<>()).addLast(relay);
    want(backends, 1);
    size = ++count;
  }

  /// False if it did not wait.
  boolean remove(Relay relay) {
    List<Backend> backends = relay.attempts().list();
    ArrayDeque<Relay> line = lines.get(backends);
    if (line == null || !line.remove(relay)) {
      return false;
    }
    lines.remove(backends);
    if (!line.isEmpty()) {
      lines.put(backends, line); // the others are served before it is again
    }
    want(backends, -1);
    size = --count;
    return true;
  }

  /// Whether anybody waits for one of just these.
  boolean hasLine(List<Backend> backends) {
    return count > 0 && lines.containsKey(backends);
  }

  /// Whether anybody waits for a choice that this one is of.
  boolean wants(Backend backend) {
    return wanted.containsKey(backend);
  }

  /// How many wait for a choice that this one is of.
  int wanting(Backend backend) {
    return wanted.getOrDefault(backend, 0);
  }

  /// The lines at this moment, each in the order of its coming; they go on changing.
  List<ArrayDeque<Relay>> lines() {
    return count == 0 ? List.of() : List.copyOf(lines.values());
  }

  List<Relay> all() {
    var all = new ArrayList<Relay>(count);
    lines.values().forEach(all::addAll);
    return all;
  }

  private void want(List<Backend> backends, int more) {
    for (Backend backend : backends) {
      int now = wanting(backend) + more;
      if (now == 0) {
        wanted.remove(backend);
      } else {
        wanted.put(backend, now);
      }
      backend.wanted(more);
    }
  }

  /// Any thread.
  int size() {
    return size;
  }
}
