package net.khttpd.demo;

import java.util.ArrayDeque;
import java.util.List;

/// What reached the backend: a count, and the last [#KEPT] requests. What is missing here was
/// answered without the backend. Any thread may use it.
final class Journal {
  /// Enough for one visit of every page of the site, and a small answer.
  static final int KEPT = 100;

  /// One request as the backend saw it; `number` counts from 1.
  record Entry(long number, String method, String target) {}

  /// A moment's view: how many requests came since the start, and the last of them, oldest first.
  record Seen(long total, List<Entry> last) {}

  private final ArrayDeque<Entry> last = new ArrayDeque<>(KEPT);
  private long total;

  synchronized void saw(String method, String target) {
    if (last.size() == KEPT) {
      last.removeFirst();
    }
    total++;
    last.addLast(new Entry(total, method, target));
  }

  synchronized Seen seen() {
    return new Seen(total, List.copyOf(last));
  }
}
