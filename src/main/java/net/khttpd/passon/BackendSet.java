package net.khttpd.passon;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// The backends that one site passes on to, in the order of the settings and resolved, asked in
/// turn by all loops. A backend that is in several sets is the same one, with its connections.
/// Thread-safe.
final class BackendSet {
  private final List<Backend> list;
  private final AtomicInteger turn = new AtomicInteger();

  BackendSet(List<Backend> list) {
    this.list = List.copyOf(list);
  }

  List<Backend> list() {
    return list;
  }

  /// Which of them has its turn.
  int next() {
    return list.size() < 2 ? 0 : (turn.getAndIncrement() & Integer.MAX_VALUE) % list.size();
  }

  /// The same, without taking the turn.
  int peek() {
    return list.size() < 2 ? 0 : (turn.get() & Integer.MAX_VALUE) % list.size();
  }
}
