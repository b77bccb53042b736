package net.khttpd.files;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The shared table of entries and its bounds. Loops only read, without a lock; workers change it
/// under one.
///
/// Who must leave when a bound is reached: second chance (CLOCK). Body bytes and descriptors count
/// until they are really freed, so the bounds hold even while many are still in flight; what finds
/// no room is sent from a descriptor, and what finds no descriptor is not served.
final class Store {
  private final Config config;
  private final Reclaimer reclaimer;
  private final ConcurrentHashMap<PathKey, Entry> table = new ConcurrentHashMap<>();

  // Guarded by this.
  private final LinkedHashMap<PathKey, Entry> clock = new LinkedHashMap<>();
  private int generation;
  private long tableBytes;
  private int tableDescriptors;
  private long tableHeapBytes;
  private long allBytes;
  private int allDescriptors;
  private boolean closed;

  Store(Config config, Reclaimer reclaimer) {
    this.config = config;
    this.reclaimer = reclaimer;
  }

  Reclaimer reclaimer() {
    return reclaimer;
  }

  int sendfileMin() {
    return config.sendfileMin();
  }

  /// The entry for a key (a [PathKey] or a [Probe]).
  @Nullable Entry get(Object key) {
    return table.get(key);
  }

  /// Reserves room for a body, evicting others from the table for it.
  synchronized boolean admitBody(long bytes) {
    if (bytes > config.cacheBytes()) {
      return false;
    }
    long most = config.cacheBytes() - bytes;
    evictWhile(() -> tableBytes > most);
    if (allBytes + bytes > config.cacheBytes()) {
      return false;
    }
    allBytes += bytes;
    return true;
  }

  /// Reserves a descriptor, as [#admitBody].
  synchronized boolean admitDescriptor() {
    evictWhile(() -> tableDescriptors >= config.maxDescriptors());
    if (allDescriptors >= config.maxDescriptors()) {
      return false;
    }
    allDescriptors++;
    return true;
  }

  synchronized void freedBody(long bytes) {
    allBytes -= bytes;
  }

  synchronized void freedDescriptor() {
    allDescriptors--;
  }

  void freed(Content content) {
    freedBody(content.bodyBytes());
    if (content.descriptor() >= 0) {
      freedDescriptor();
    }
  }

  /// Whether a body of that size would find room without evicting anybody.
  synchronized boolean hasRoom(long bytes) {
    return allBytes + bytes <= config.cacheBytes();
  }

  /// Makes an entry findable, in place of an older one of the same path. An entry that may not stay
  /// (an error, found beneath an old root, the cache is closed) counts as removed at once.
  synchronized void put(Entry entry, boolean mayStay) {
    if (!mayStay || entry.generation != generation || closed) {
      remove(entry.key);
      reclaimer.remove(entry);
      return;
    }
    remove(entry.key);
    long most = config.heapBytes() - entry.heapBytes();
    evictWhile(() -> clock.size() >= config.cacheEntries() || tableHeapBytes > most);
    clock.putLast(entry.key, entry);
    table.put(entry.key, entry);
    tableBytes += entry.bodyBytes();
    tableDescriptors += entry.holdsDescriptor() ? 1 : 0;
    tableHeapBytes += entry.heapBytes();
  }

  /// Another generation of the root begins: everything found so far is removed.
  synchronized void begin(int number) {
    generation = number;
    clear();
  }

  synchronized void clear() {
    while (!clock.isEmpty()) {
      remove(clock.firstEntry().getKey());
    }
  }

  synchronized void close() {
    closed = true;
    clear();
  }

  int entries() {
    return table.size();
  }

  synchronized long bytes() {
    return allBytes;
  }

  synchronized int descriptors() {
    return allDescriptors;
  }

  /// Twice round the clock is enough: the first round clears every mark.
  private void evictWhile(BooleanSupplier full) {
    for (int steps = 2 * clock.size(); steps > 0 && full.getAsBoolean(); steps--) {
      Map.Entry<PathKey, Entry> hand = clock.firstEntry();
      Entry entry = hand.getValue();
      if (entry.touched) {
        entry.touched = false;
        clock.putLast(entry.key, entry);
      } else {
        remove(entry.key);
      }
    }
  }

  private void remove(PathKey key) {
    Entry entry = clock.remove(key);
    if (entry != null) {
      table.remove(key, entry);
      tableBytes -= entry.bodyBytes();
      tableDescriptors -= entry.holdsDescriptor() ? 1 : 0;
      tableHeapBytes -= entry.heapBytes();
      reclaimer.remove(entry);
    }
  }
}
