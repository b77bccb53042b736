package net.khttpd.files;

import org.jspecify.annotations.Nullable;

/// Entries in the order in which they came, linked through themselves. Guarded by the [Room] it is
/// of; an entry is in one chain at most.
final class Chain {
  private @Nullable Entry first;
  private @Nullable Entry last;
  private int size;
  private long bodyBytes;

  @Nullable Entry first() {
    return first;
  }

  int size() {
    return size;
  }

  long bodyBytes() {
    return bodyBytes;
  }

  void addLast(Entry entry) {
    entry.before = last;
    entry.after = null;
    entry.chain = this;
    if (last == null) {
      first = entry;
    } else {
      last.after = entry;
    }
    last = entry;
    size++;
    bodyBytes += entry.bodyBytes();
  }

  void remove(Entry entry) {
    Entry before = entry.before;
    Entry after = entry.after;
    if (before == null) {
      first = after;
    } else {
      before.after = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.before = before;
    }
    entry.before = null;
    entry.after = null;
    entry.chain = null;
    size--;
    bodyBytes -= entry.bodyBytes();
  }
}
