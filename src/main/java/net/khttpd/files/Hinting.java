package net.khttpd.files;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Joins the look-ups of one cache with the watching of directories, so that no change between the
/// two is missed. Thread-safe.
final class Hinting {
  private final @Nullable Watches watches;
  private final Store store;
  private final Clocks clocks;

  /// @param watches null: nothing is watched
  Hinting(@Nullable Watches watches, Store store, Clocks clocks) {
    this.watches = watches;
    this.store = store;
    this.clocks = clocks;
  }

  /// What was known of a path's directory before the path was looked up.
  ///
  /// @param directory its path, with a slash at its end
  /// @param watched null if it is not watched
  record Before(PathKey directory, @Nullable Watched watched, int changes) {}

  Before before(PathKey path) {
    PathKey directory = directoryOf(path.bytes);
    Watched watched = store.watching(directory);
    return new Before(directory, watched, watched == null ? 0 : watched.changes());
  }

  /// The path has been looked up, and all who wait for it are told; may block. Where asking another
  /// process or a network would be needed, nothing is watched: they do not tell, and may hang.
  void after(Before before, DocumentRoot.Generation root, Entry entry) {
    if (watches == null || !entry.local) {
      return;
    }
    Watched watched = store.watching(before.directory);
    if (watched == null) {
      if (entry.facts().kind() == Kind.OUTSIDE) {
        return; // so may be the directory
      }
      boolean begun = watches.watch(store, root, before.directory);
      if (begun && entry.direct) { // else the check would be another look-up
        entry.expire(clocks.nanos());
      }
      return;
    }
    watched.used = true;
    if (watched != before.watched || watched.changes() != before.changes) {
      entry.expire(clocks.nanos());
    }
  }

  /// What was watched is not the root's any more, or nobody needs it.
  void end() {
    if (watches != null) {
      watches.forget(store);
    }
  }

  /// A directory that is asked for with a slash at its end lies in the one above.
  static PathKey directoryOf(byte[] path) {
    int end = path.length - 1;
    while (end > 0 && path[end - 1] != '/') {
      end--;
    }
    byte[] directory = end <= 0 ? path : Arrays.copyOf(path, end);
    return new PathKey(directory, Arrays.hashCode(directory));
  }
}
