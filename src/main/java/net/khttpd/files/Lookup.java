package net.khttpd.files;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/// One cold operation on a path and all who wait for it. Waiters are added and taken under the lock
/// of the table's bin (see [FileCache]).
final class Lookup {
  /// More than one request of every connection can never wait.
  private static final int WAITERS = 1 << 17;

  private final List<Waiting> waiting = new ArrayList<>(1);

  boolean add(Executor loop, Waiter waiter) {
    return waiting.size() < WAITERS && waiting.add(new Waiting(loop, waiter));
  }

  /// Gives the entry to everyone. The caller holds it retained meanwhile.
  void deliver(Entry entry) {
    for (Waiting one : waiting) {
      give(one.loop, one.waiter, entry);
    }
  }

  /// Gives the entry to one waiter on its loop, retained until the waiter returns.
  static void give(Executor loop, Waiter waiter, Entry entry) {
    if (!entry.retain()) {
      throw new IllegalStateException("an entry was freed before it was delivered");
    }
    try {
      loop.execute(() -> {
        try {
          waiter.found(entry);
        } finally {
          entry.release();
        }
      });
    } catch (RejectedExecutionException e) {
      entry.release(); // the loop has ended: nobody waits any more
    }
  }

  private record Waiting(Executor loop, Waiter waiter) {}
}
