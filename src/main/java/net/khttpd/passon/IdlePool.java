package net.khttpd.passon;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One loop's idle connections to backends, the last used on top: it is the hottest, and those at
/// the bottom come of age and are closed. Written by the loop's thread; [#size] may be read by any.
final class IdlePool {
  private final Map<Backend, ArrayList<BackendConnection>> stacks = new HashMap<>();
  private int count;
  private volatile int size;

  /// Keeps connections to these backends from now on; those to others have been closed before.
  void keep(List<Backend> backends) {
    stacks.keySet().retainAll(new HashSet<>(backends));
    backends.forEach(backend -> stacks.computeIfAbsent(backend, _ -> new ArrayList<>()));
  }

  /// Whether connections to it are kept.
  boolean keeps(Backend backend) {
    return stacks.containsKey(backend);
  }

  int size() {
    return size;
  }

  void add(BackendConnection connection) {
    stacks.computeIfAbsent(connection.backend(), _ -> new ArrayList<>()).add(connection);
    size = ++count;
    connection.backend().idle(1);
  }

  /// The last used connection to the backend, still in the pool; null if there is none.
  @Nullable BackendConnection top(Backend backend) {
    ArrayList<BackendConnection> stack = stacks.get(backend);
    return stack == null || stack.isEmpty() ? null : stack.getLast();
  }

  /// The one that has been idle longest, of any backend; null if there is none.
  @Nullable BackendConnection oldest() {
    return oldest(stacks.keySet());
  }

  /// The same of these backends.
  @Nullable BackendConnection oldest(Collection<Backend> backends) {
    BackendConnection oldest = null;
    for (Backend backend : backends) {
      ArrayList<BackendConnection> stack = stacks.get(backend);
      if (stack != null
          && !stack.isEmpty()
          && (oldest == null || stack.getFirst().idleSinceNanos - oldest.idleSinceNanos < 0)) {
        oldest = stack.getFirst();
      }
    }
    return oldest;
  }

  void remove(BackendConnection connection) {
    ArrayList<BackendConnection> stack = stacks.get(connection.backend());
    for (int i = stack == null ? -1 : stack.size() - 1; stack != null && i >= 0; i--) {
      if (stack.get(i) == connection) {
        stack.remove(i);
        size = --count;
        connection.backend().idle(-1);
        return;
      }
    }
  }
}
