package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// `struct statx` of statx(2): what the kernel last wrote into it. Used by one thread.
public final class Statx {
  static final long BYTES = 256;
  static final long NLINK = 16;
  static final long MODE = 28;
  static final long INO = 32;
  static final long SIZE = 40;
  static final long CTIME_SEC = 96;
  static final long CTIME_NSEC = 104;
  static final long MTIME_SEC = 112;
  static final long MTIME_NSEC = 120;
  static final long DEV_MAJOR = 136;
  static final long DEV_MINOR = 140;

  private static final int S_IFMT = 0170000;
  private static final int S_IFDIR = 0040000;
  private static final int S_IFREG = 0100000;

  final MemorySegment memory = Arena.ofAuto().allocate(BYTES, Long.BYTES);

  public boolean regular() {
    return (mode() & S_IFMT) == S_IFREG;
  }

  public boolean directory() {
    return (mode() & S_IFMT) == S_IFDIR;
  }

  /// Type and permission bits, as `st_mode`.
  public int mode() {
    return Short.toUnsignedInt(memory.get(JAVA_SHORT, MODE));
  }

  public int links() {
    return memory.get(JAVA_INT, NLINK);
  }

  /// Major and minor number in one value; only good for comparison.
  public long device() {
    return (long) memory.get(JAVA_INT, DEV_MAJOR) << 32
        | Integer.toUnsignedLong(memory.get(JAVA_INT, DEV_MINOR));
  }

  public long inode() {
    return memory.get(JAVA_LONG, INO);
  }

  public long size() {
    return memory.get(JAVA_LONG, SIZE);
  }

  public long mtimeSeconds() {
    return memory.get(JAVA_LONG, MTIME_SEC);
  }

  public int mtimeNanos() {
    return memory.get(JAVA_INT, MTIME_NSEC);
  }

  public long ctimeSeconds() {
    return memory.get(JAVA_LONG, CTIME_SEC);
  }

  public int ctimeNanos() {
    return memory.get(JAVA_INT, CTIME_NSEC);
  }
}
