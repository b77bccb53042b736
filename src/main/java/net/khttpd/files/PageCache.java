package net.khttpd.files;

import net.khttpd.kernel.Errno;
import net.khttpd.kernel.FileCalls;
import net.khttpd.kernel.Memory;

/// Asks the kernel whether a chunk of a file is in its page cache: by a byte of the last page, and
/// one of the first where a slice of the file begins. Used by one loop; never blocks.
///
/// A file system that cannot tell (tmpfs, overlayfs, all that ask a network or another process) is
/// believed to hold everything if it is local, and nothing if it may hang.
final class PageCache {
  /// A file that is one chunk is asked for once in this time.
  private static final long HELD_NANOS = 1_000_000_000L;

  private static final long PAGE_BYTES = Memory.pageBytes();

  private final FileCalls calls;

  PageCache(FileCalls calls) {
    this.calls = calls;
  }

  boolean holds(Entry entry, long offset, long length, boolean begins, long nowNanos) {
    boolean whole = offset == 0 && length == entry.facts().size();
    if (whole && nowNanos - entry.heldNanos < HELD_NANOS) {
      return true;
    }
    long last = offset + length - 1;
    boolean onePage = offset / PAGE_BYTES == last / PAGE_BYTES;
    boolean held = holds(entry, last) && (!begins || onePage || holds(entry, offset));
    if (whole && held) {
      entry.heldNanos = nowNanos;
    }
    return held;
  }

  private boolean holds(Entry entry, long at) {
    if (entry.residenceUnknown) {
      return entry.local;
    }
    long result = calls.probe(entry.descriptor(), at);
    if (result == -Errno.EOPNOTSUPP || result == -Errno.ENOSYS || result == -Errno.EINVAL) {
      entry.residenceUnknown = true;
      return entry.local;
    }
    return result >= 0; // 0: it has become shorter, which nobody needs to read
  }
}
