package net.khttpd.files;

import java.util.ArrayList;
import java.util.List;

/// A directory whose changes are told by inotify(7), and the paths that lead to it: more than one
/// where there are links, or several document roots. Its list is guarded by the [Watches].
final class Watched {
  /// Paths that lead to one directory; of more, the oldest is forgotten.
  private static final int ALIASES = 16;

  final int watch;
  final List<Alias> aliases = new ArrayList<>(1);

  /// How often something has happened in it; who looks before and after a look-up knows whether
  /// what was found is what there is. Written by the one thread that reads the events.
  private volatile int changes;

  /// Second chance: somebody looks for its files.
  volatile boolean used = true;

  /// @param prefix canonical path of the directory beneath the store's root, with a slash at its
  ///   end
  record Alias(Store store, PathKey prefix) {}

  Watched(int watch) {
    this.watch = watch;
  }

  int changes() {
    return changes;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
  void changed() {
    changes++;
  }

  void add(Alias alias) {
    if (aliases.size() >= ALIASES) {
      Alias oldest = aliases.removeFirst();
      oldest.store.unwatched(oldest.prefix, this);
    }
    aliases.add(alias);
  }
}
