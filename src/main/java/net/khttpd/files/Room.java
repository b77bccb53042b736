package net.khttpd.files;

import java.util.LinkedHashSet;
import java.util.function.BooleanSupplier;

/// The bounds on what all caches of a server remember, and one order in which entries must leave,
/// whichever cache they are of. Workers change it under its lock, which guards the tables of the
/// [Store]s as well.
///
/// Who must leave when a bound is reached: second chance (CLOCK). Body bytes and descriptors count
/// until they are really freed, so the bounds hold even while many are still in flight; what finds
/// no room is sent from a descriptor, and what finds no descriptor is not served.
final class Room {
  private final Bounds bounds;

  // Guarded by this.
  private final LinkedHashSet<Entry> clock = new LinkedHashSet<>();
  private long tableBytes;
  private int tableDescriptors;
  private long tableHeapBytes;
  private long allBytes;
  private int allDescriptors;

  Room(Bounds bounds) {
    this.bounds = bounds;
  }

  /// Reserves room for a body, evicting others from their tables for it.
  synchronized boolean admitBody(long bytes) {
    if (bytes > bounds.cacheBytes()) {
      return false;
    }
    long most = bounds.cacheBytes() - bytes;
    evictWhile(() -> tableBytes > most);
    if (allBytes + bytes > bounds.cacheBytes()) {
      return false;
    }
    allBytes += bytes;
    return true;
  }

  /// Reserves a descriptor, as [#admitBody].
  synchronized boolean admitDescriptor() {
    evictWhile(() -> tableDescriptors >= bounds.maxDescriptors());
    if (allDescriptors >= bounds.maxDescriptors()) {
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
    return allBytes + bytes <= bounds.cacheBytes();
  }

  /// An entry is about to be in a table: others leave theirs as far as is needed. The caller holds
  /// the lock.
  void enter(Entry entry) {
    long most = bounds.heapBytes() - entry.heapBytes();
    evictWhile(() -> clock.size() >= bounds.cacheEntries() || tableHeapBytes > most);
    clock.addLast(entry);
    tableBytes += entry.bodyBytes();
    tableDescriptors += entry.holdsDescriptor() ? 1 : 0;
    tableHeapBytes += entry.heapBytes();
  }

  /// An entry is out of its table. The caller holds the lock.
  void left(Entry entry) {
    clock.remove(entry);
    tableBytes -= entry.bodyBytes();
    tableDescriptors -= entry.holdsDescriptor() ? 1 : 0;
    tableHeapBytes -= entry.heapBytes();
  }

  int mostEntries() {
    return bounds.cacheEntries();
  }

  synchronized int entries() {
    return clock.size();
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
      Entry entry = clock.getFirst();
      if (entry.touched) {
        entry.touched = false;
        clock.addLast(entry);
      } else {
        entry.leave();
      }
    }
  }
}
