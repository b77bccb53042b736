package net.khttpd.files;

import java.util.function.BooleanSupplier;

/// The bounds on what all caches of a server remember, and one order in which entries must leave,
/// whichever cache they are of. Workers change it under its lock, which guards the tables of the
/// [Store]s as well.
///
/// Who must leave when a bound is reached is said by an [Order]: one of those with a descriptor,
/// who alone are asked to leave for another descriptor, and one of all others. Body bytes and
/// descriptors count until they are really freed, so the bounds hold even while many are still in
/// flight; what finds no room is sent from a descriptor, and what finds no descriptor is not
/// served.
final class Room {
  private static final int LEAVING_SHARE = 8;

  /// How far bodies that we make ourselves (listings) may go beyond the bound on all bodies: they
  /// are of this moment, so nobody has to leave for them, and they need room with any bound.
  private static final long MADE_BYTES = 16L << 20;

  private final Bounds bounds;

  // Guarded by this.
  private final Order opened;
  private final Order others;
  private long tableHeapBytes;
  private long allBytes;
  private int allDescriptors;

  Room(Bounds bounds) {
    this.bounds = bounds;
    opened = new Order(bounds.maxDescriptors());
    others = new Order(bounds.cacheEntries());
  }

  /// Reserves room for a body, evicting others from their tables for it.
  synchronized boolean admitBody(long bytes) {
    if (bytes > bounds.cacheBytes()) {
      return false;
    }
    long most = bounds.cacheBytes() - bytes;
    evictWhile(others, () -> others.bodyBytes() > most);
    if (allBytes + bytes > bounds.cacheBytes()) {
      return false;
    }
    allBytes += bytes;
    return true;
  }

  /// Reserves room for a body that is made for one answer.
  synchronized boolean admitMade(long bytes) {
    if (allBytes + bytes > bounds.cacheBytes() + MADE_BYTES) {
      return false;
    }
    allBytes += bytes;
    return true;
  }

  /// Reserves a descriptor, as [#admitBody].
  synchronized boolean admitDescriptor() {
    evictWhile(opened, () -> opened.size() >= bounds.maxDescriptors() - leaving());
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
  ///
  /// @param proven whether it is a new version of one that was worth keeping
  void enter(Entry entry, boolean proven) {
    long most = bounds.heapBytes() - entry.heapBytes();
    while (size() > 0 && (size() >= bounds.cacheEntries() || tableHeapBytes > most)) {
      boolean manyOpened = opened.size() > size() / 2;
      evict(manyOpened ? opened : others.size() > 0 ? others : opened);
    }
    orderOf(entry).enter(entry, proven);
    tableHeapBytes += entry.heapBytes();
  }

  /// An entry is out of its table. The caller holds the lock.
  ///
  /// @return whether it was worth keeping
  boolean left(Entry entry) {
    Order order = orderOf(entry);
    boolean proven = order.keeps(entry);
    if (order.remove(entry)) {
      tableHeapBytes -= entry.heapBytes();
    }
    return proven;
  }

  int mostEntries() {
    return bounds.cacheEntries();
  }

  synchronized int entries() {
    return size();
  }

  synchronized long bytes() {
    return allBytes;
  }

  synchronized int descriptors() {
    return allDescriptors;
  }

  /// Descriptors that may be on their way to be closed while as many new ones are opened.
  private int leaving() {
    return bounds.maxDescriptors() / LEAVING_SHARE;
  }

  private int size() {
    return opened.size() + others.size();
  }

  private Order orderOf(Entry entry) {
    return entry.holdsDescriptor() ? opened : others;
  }

  private static void evictWhile(Order order, BooleanSupplier full) {
    while (order.size() > 0 && full.getAsBoolean()) {
      evict(order);
    }
  }

  /// Takes one out of its table; [#left] is called.
  private static void evict(Order order) {
    Entry entry = order.next();
    if (entry == null) {
      throw new AssertionError("an order that is not empty has nobody to leave");
    }
    entry.leave();
  }
}
