package net.khttpd.passon;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One loop's idle connections to backends, the last used on top: it is the hottest, and those at
/// the bottom come of age and are closed. Written by the loop's thread; [#size] may be read by any.
final class IdlePool {
  private final List<ArrayList<BackendConnection>> stacks = new ArrayList<>();
  private int count;
  private volatile int size;

  IdlePool(int backends) {
    for (int i = 0; i < backends; i++) {
      stacks.add(new ArrayList<>());
    }
  }

  int size() {
    return size;
  }

  void add(BackendConnection connection) {
    stacks.get(connection.backend().id()).add(connection);
    size = ++count;
  }

  /// The last used connection to the backend, still in the pool; null if there is none.
  @Nullable BackendConnection top(Backend backend) {
    ArrayList<BackendConnection> stack = stacks.get(backend.id());
    return stack.isEmpty() ? null : stack.getLast();
  }

  /// The one that has been idle longest, of any backend; null if there is none.
  @Nullable BackendConnection oldest() {
    BackendConnection oldest = null;
    for (ArrayList<BackendConnection> stack : stacks) {
      if (!stack.isEmpty()
          && (oldest == null || stack.getFirst().idleSinceNanos - oldest.idleSinceNanos < 0)) {
        oldest = stack.getFirst();
      }
    }
    return oldest;
  }

  void remove(BackendConnection connection) {
    ArrayList<BackendConnection> stack = stacks.get(connection.backend().id());
    for (int i = stack.size() - 1; i >= 0; i--) {
      if (stack.get(i) == connection) {
        stack.remove(i);
        size = --count;
        return;
      }
    }
  }
}
