package net.khttpd.files;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.FileCalls;
import net.khttpd.kernel.Memory;

/// One chunk of a file that a worker reads into the page cache, for one waiter of one loop. Made by
/// [View#readAhead]; keeps the entry retained until it is over, whatever becomes of the waiter.
public final class ReadAhead {
  /// Read into memory of our own to be sure that it is there: readahead(2) only begins to.
  private static final int PIECE_BYTES = 256 * 1024;

  private final Entry entry;
  private final long offset;
  private final long length;
  private final Executor loop;
  private final Consumer<ReadAhead> done;
  private volatile boolean dropped;
  private volatile boolean failed = true;

  /// @param entry retained; released here
  /// @param done called on the loop, unless that has ended
  ReadAhead(Entry entry, long offset, long length, Executor loop, Consumer<ReadAhead> done) {
    this.entry = entry;
    this.offset = offset;
    this.length = length;
    this.loop = loop;
    this.done = done;
  }

  /// Nobody waits any more: if it has not begun, it need not.
  public void drop() {
    dropped = true;
  }

  /// Whether the file could not be read; that it has become shorter is no failure.
  public boolean failed() {
    return failed;
  }

  /// Where the chunk ends.
  public long end() {
    return offset + length;
  }

  Entry entry() {
    return entry;
  }

  /// On a worker; may block.
  void run(FileCalls calls, LongSupplier nanoTime) {
    try {
      long read = dropped ? 0 : read(calls);
      failed = read < 0;
      if (read == entry.facts().size()) {
        entry.heldNanos = nanoTime.getAsLong();
      }
    } finally {
      tell();
    }
  }

  private void tell() {
    try {
      loop.execute(() -> {
        entry.release();
        done.accept(this);
      });
    } catch (RejectedExecutionException ended) {
      entry.release(); // the loop has ended: nobody waits any more
    }
  }

  private long read(FileCalls calls) {
    calls.readAhead(entry.descriptor(), offset, length); // all of it at once, as far as it goes
    MemorySegment piece = Memory.allocate(Math.min(length, PIECE_BYTES));
    try {
      long at = 0;
      while (at < length && !dropped) {
        long wanted = Math.min(length - at, PIECE_BYTES);
        long read = calls.pread(entry.descriptor(), piece, 0, wanted, offset + at);
        if (read == -Errno.EINTR) {
          continue;
        }
        if (read <= 0) {
          return read;
        }
        at += read;
      }
      return at;
    } finally {
      Memory.free(piece);
    }
  }
}
