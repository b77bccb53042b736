package net.khttpd.mount;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The files that are open: each with its content as it was when it was opened. Thread-safe.
///
/// Bounded by the bytes of what readers hold, since anybody may read: who finds no room is refused,
/// and a writer, who needs none, never is.
final class Opened {
  /// Some ten thousand open values, or twenty of the longest lists.
  private static final long MOST_BYTES = 2 << 20;

  /// What an open file costs besides its content.
  private static final int ENTRY_BYTES = 200;

  /// An open file.
  static final class Handle {
    private final byte @Nullable [] content;
    private boolean torn;

    private Handle(byte @Nullable [] content) {
      this.content = content;
    }

    /// What it was when it was opened; null if it was not opened for reading.
    byte @Nullable [] content() {
      return content;
    }

    /// Whether what was written before was only the beginning of a value, for all we know.
    synchronized boolean torn() {
      return torn;
    }

    synchronized void wrote(boolean whole) {
      torn = !whole;
    }

    private long bytes() {
      return content == null ? 0 : content.length + (long) ENTRY_BYTES;
    }
  }

  private final Map<Long, Handle> handles = new ConcurrentHashMap<>();
  private final AtomicLong last = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  /// The number of a file that is open from now on; negative: there is no room.
  ///
  /// @param content for a reader
  long open(byte @Nullable [] content) {
    var handle = new Handle(content);
    if (bytes.addAndGet(handle.bytes()) > MOST_BYTES && content != null) {
      bytes.addAndGet(-handle.bytes());
      return -1;
    }
    long number = last.incrementAndGet();
    handles.put(number, handle);
    return number;
  }

  @Nullable Handle get(long number) {
    return handles.get(number);
  }

  void close(long number) {
    Handle handle = handles.remove(number);
    if (handle != null) {
      bytes.addAndGet(-handle.bytes());
    }
  }
}
