package net.khttpd.passon;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One loop's connections to backends, idle and in use, and how many of them each backend has. Used
/// by the loop's thread.
final class OpenConnections {
  private final List<BackendConnection> all = new ArrayList<>();
  private final Map<Backend, Integer> counts = new HashMap<>();

  void add(BackendConnection connection) {
    connection.index = all.size();
    all.add(connection);
    counts.merge(connection.backend(), 1, Integer::sum);
  }

  void remove(BackendConnection connection) {
    BackendConnection last = all.removeLast();
    if (last != connection) {
      all.set(connection.index, last);
      last.index = connection.index;
    }
  }

  /// Its backend counts it no more. False: nor did it before.
  boolean uncount(BackendConnection connection) {
    if (!connection.counted) {
      return false;
    }
    connection.counted = false;
    counts.computeIfPresent(connection.backend(), (_, count) -> count > 1 ? count - 1 : null);
    return true;
  }

  int to(Backend backend) {
    return counts.getOrDefault(backend, 0);
  }

  /// Those of this moment.
  List<BackendConnection> all() {
    return List.copyOf(all);
  }
}
