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
  private final Markers markers;
  private final Clocks clocks;
  private final ConcurrentHashMap<PathKey, Entry> table = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<PathKey, Watched> watched = new ConcurrentHashMap<>();

  // Guarded by the room.
  private int generation;
  private boolean closed;

  Store(FileCaches caches, Config config, DocumentRoot root, Markers markers) {
    this.config = config;
    this.room = caches.room();
    this.reclaimer = caches.reclaimer();
    this.clocks = caches.clocks();
    this.root = root;
    this.markers = markers;
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

  /// The directory's watch, if it has one.
  @Nullable Watched watching(PathKey directory) {
    return watched.get(directory);
  }

  /// A directory is watched from now on; false if the root is another meanwhile, or it was known.
  boolean watched(PathKey directory, Watched by, int ofGeneration) {
    synchronized (room) {
      return generation == ofGeneration && !closed && watched.put(directory, by) != by;
    }
  }

  void unwatched(PathKey directory, Watched by) {
    watched.remove(directory, by);
  }

  boolean isMarker(byte[] name) {
    return markers.isOne(name);
  }

  /// What is remembered of a path is due for its check.
  void expire(PathKey path) {
    Entry entry = table.get(path);
    if (entry != null) {
      entry.expire(clocks.nanos());
    }
  }

  /// The same for all whose paths begin with this.
  void expireBelow(byte[] prefix) {
    markers.clear();
    long now = clocks.nanos();
    for (Entry entry : table.values()) {
      if (entry.key.begins(prefix)) {
        entry.expire(now);
      }
    }
  }

  /// All whose paths begin with this are forgotten.
  void removeBelow(byte[] prefix) {
    markers.clear();
    for (Entry entry : table.values()) {
      if (entry.key.begins(prefix)) {
        boolean _ = remove(entry);
      }
    }
  }

  private void clear() {
    watched.clear();
    for (Entry entry : List.copyOf(table.values())) {
      boolean _ = remove(entry);
    }
  }

  int entries() {
    return table.size();
  }
}
