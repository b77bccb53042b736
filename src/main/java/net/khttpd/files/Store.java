package net.khttpd.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import net.khttpd.kernel.Mounts;
import org.jspecify.annotations.Nullable;

/// The table of one cache's entries. Loops only read, without a lock; workers change it under that
/// of the [Room] it shares with other caches.
final class Store {
  private final Config config;
  private final Room room;
  private final Reclaimer reclaimer;
  private final DocumentRoot root;
  private final ConcurrentHashMap<PathKey, Entry> table = new ConcurrentHashMap<>();

  // Guarded by the room.
  private int generation;
  private boolean closed;

  Store(Config config, Room room, Reclaimer reclaimer, DocumentRoot root) {
    this.config = config;
    this.room = room;
    this.reclaimer = reclaimer;
    this.root = root;
    generation = root.current().number;
  }

  Room room() {
    return room;
  }

  Reclaimer reclaimer() {
    return reclaimer;
  }

  int sendfileMin() {
    return config.sendfileMin();
  }

  /// The mount that a path of this cache lies on.
  String fileSystemOf(byte[] path, Mounts mounts) {
    String real = new String(root.current().realPath, ISO_8859_1);
    return mounts.pointOf(real + new String(path, ISO_8859_1));
  }

  /// The entry for a key (a [PathKey] or a [Probe]).
  @Nullable Entry get(Object key) {
    return table.get(key);
  }

  /// Makes an entry findable, in place of an older one of the same path. An entry that may not stay
  /// (an error, found beneath an old root, the cache is closed) counts as removed at once.
  void put(Entry entry, boolean mayStay) {
    synchronized (room) {
      Entry before = table.get(entry.key);
      boolean proven = before != null && remove(before);
      if (!mayStay || entry.generation != generation || closed) {
        reclaimer.remove(entry);
        return;
      }
      room.enter(entry, proven);
      table.put(entry.key, entry);
    }
  }

  /// Takes an entry out of the table, if it is in it.
  ///
  /// @return whether it was worth keeping
  boolean remove(Entry entry) {
    synchronized (room) {
      if (!table.remove(entry.key, entry)) {
        return false;
      }
      boolean proven = room.left(entry);
      reclaimer.remove(entry);
      return proven;
    }
  }

  /// Another generation of the root begins: everything found so far is removed.
  void begin(int number) {
    synchronized (room) {
      generation = number;
      clear();
    }
  }

  void close() {
    synchronized (room) {
      closed = true;
      clear();
    }
  }

  private void clear() {
    for (Entry entry : List.copyOf(table.values())) {
      boolean _ = remove(entry);
    }
  }

  int entries() {
    return table.size();
  }
}
