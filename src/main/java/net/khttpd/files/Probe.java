package net.khttpd.files;

import java.lang.foreign.MemorySegment;

/// Looks a path up in a table of [PathKey]s where it lies off heap, without making a key. Only ever
/// the argument of `get`, never put into a table. Used by one loop.
final class Probe {
  private MemorySegment path = MemorySegment.NULL;
  private long offset;
  private int length;
  private int hash;

  Probe of(MemorySegment path, long offset, int length, int hash) {
    this.path = path;
    this.offset = offset;
    this.length = length;
    this.hash = hash;
    return this;
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PathKey key && key.hash == hash && key.matches(path, offset, length);
  }
}
