package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static net.khttpd.kernel.OpenFlags.AT_EMPTY_PATH;
import static net.khttpd.kernel.OpenFlags.AT_FDCWD;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

/// The calls on files: openat2(2), statx(2), pread(2), preadv2(2), readlink(2), fstatfs(2),
/// readahead(2), getdents64(2), close(2). Each returns 0 or more, or `-errno`; none retries EINTR
/// by itself.
///
/// An object belongs to one thread (a loop or a worker): it owns that thread's `errno` and a path
/// buffer of PATH_MAX bytes. Paths are bytes, because names on Linux are.
public final class FileCalls {
  private static final long SYS_OPENAT2 = 437;
  static final long SYS_GETDENTS64 = System.getProperty("os.arch").equals("aarch64") ? 61 : 217;
  private static final MethodHandle SYSCALL = Native.bind("syscall");
  private static final MethodHandle STATX = Native.bind("statx");
  private static final MethodHandle PREAD = Native.bind("pread");
  private static final MethodHandle PREADV2 = Native.bind("preadv2");
  private static final MethodHandle READLINK = Native.bind("readlink");
  private static final MethodHandle FSTATFS = Native.bind("fstatfs");
  private static final MethodHandle READAHEAD = Native.bind("readahead");
  private static final MethodHandle CLOSE = Native.bind("close");

  /// Longest path the kernel takes, its final NUL included.
  public static final int PATH_MAX = 4096;

  static final long OPEN_HOW_BYTES = 24;
  static final long OPEN_HOW_FLAGS = 0;
  static final long OPEN_HOW_MODE = 8;
  static final long OPEN_HOW_RESOLVE = 16;
  static final long STATFS_BYTES = 120;
  static final long STATFS_TYPE = 0;
  private static final int STATX_BASIC_STATS = 0x7ff;
  static final long IOVEC_BYTES = 16;
  static final long IOVEC_START = 0;
  static final long IOVEC_LENGTH = 8;
  static final int RWF_NOWAIT = 8;

  private final MemorySegment errno = Native.capture();
  private final MemorySegment path = Arena.ofAuto().allocate(PATH_MAX);
  private final MemorySegment empty = Arena.ofAuto().allocate(1);
  private final MemorySegment openHow = Arena.ofAuto().allocate(OPEN_HOW_BYTES, Long.BYTES);
  private final MemorySegment target = Arena.ofAuto().allocate(PATH_MAX);
  private final MemorySegment probe = Arena.ofAuto().allocate(IOVEC_BYTES + 1, Long.BYTES);
  private final MemorySegment statfs = Arena.ofAuto().allocate(STATFS_BYTES, Long.BYTES);

  /// openat2(2) of the bytes `from` to `to` of `name`, always with O_CLOEXEC. A NUL among them
  /// would cut the name, so it is refused with EINVAL.
  public int open(int directory, byte[] name, int from, int to, int flags, long resolve) {
    int refused = place(name, from, to);
    return refused < 0 ? refused : openPlaced(directory, flags, resolve);
  }

  /// Opens anew, with `flags`, the very file that `descriptor` stands for (proc_pid_fd(5)).
  public int reopen(int descriptor, int flags) {
    placeProcName(descriptor);
    return openPlaced(AT_FDCWD, flags, 0);
  }

  private int openPlaced(int directory, int flags, long resolve) {
    openHow.set(JAVA_LONG, OPEN_HOW_FLAGS, flags | OpenFlags.O_CLOEXEC);
    openHow.set(JAVA_LONG, OPEN_HOW_MODE, 0);
    openHow.set(JAVA_LONG, OPEN_HOW_RESOLVE, resolve);
    try {
      return (int)
          Native.callLong(
              SYSCALL,
              errno,
              SYS_OPENAT2,
              directory,
              path.address(),
              openHow.address(),
              OPEN_HOW_BYTES,
              0,
              0);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /// statx(2) of an open descriptor; `flags` 0 or AT_STATX_DONT_SYNC.
  public int stat(int descriptor, int flags, Statx into) {
    try {
      return Native.callInt(
          STATX,
          errno,
          descriptor,
          empty.address(),
          flags | AT_EMPTY_PATH,
          STATX_BASIC_STATS,
          into.memory.address(),
          0);
    } finally {
      Reference.reachabilityFence(this);
      Reference.reachabilityFence(into);
    }
  }

  /// statx(2) of what the bytes `from` to `to` of `name` stand for beneath `directory`, links
  /// followed: takes no descriptor.
  public int stat(int directory, byte[] name, int from, int to, Statx into) {
    int refused = place(name, from, to);
    if (refused < 0) {
      return refused;
    }
    try {
      return Native.callInt(
          STATX, errno, directory, path.address(), 0, STATX_BASIC_STATS, into.memory.address(), 0);
    } finally {
      Reference.reachabilityFence(this);
      Reference.reachabilityFence(into);
    }
  }

  /// pread(2) into `length` bytes of `into` from `at`.
  public long pread(int descriptor, MemorySegment into, long at, long length, long fileOffset) {
    try {
      return Native.callLong(
          PREAD, errno, descriptor, Native.address(into, at, length), length, fileOffset);
    } finally {
      Reference.reachabilityFence(into);
    }
  }

  /// preadv2(2) of one byte with RWF_NOWAIT: 1 if it is in the page cache, 0 beyond the end,
  /// -EAGAIN if it would have to be read, -EOPNOTSUPP if this file system cannot tell.
  public long probe(int descriptor, long fileOffset) {
    probe.set(JAVA_LONG, IOVEC_START, probe.address() + IOVEC_BYTES);
    probe.set(JAVA_LONG, IOVEC_LENGTH, 1);
    try {
      return Native.callLong(
          PREADV2, errno, descriptor, probe.address(), 1, fileOffset, RWF_NOWAIT, 0, 0);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /// The name under which the kernel knows an open descriptor now, by readlink(2) of
  /// `/proc/self/fd/N`: absolute, links resolved, ` (deleted)` appended if it has no name any more.
  /// Returns its length in `into`.
  public int nameOf(int descriptor, byte[] into) {
    placeProcName(descriptor);
    try {
      int length =
          (int) Native.callLong(READLINK, errno, path.address(), target.address(), PATH_MAX, 0);
      if (length >= PATH_MAX || length > into.length) {
        return -Errno.ENAMETOOLONG;
      }
      if (length > 0) {
        MemorySegment.copy(target, JAVA_BYTE, 0, into, 0, length);
      }
      return length;
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /// The magic number of the file system a descriptor lies on (fstatfs(2), `f_type`), or `-errno`.
  public long fileSystem(int descriptor) {
    try {
      int result = Native.callInt(FSTATFS, errno, descriptor, statfs.address(), 0);
      return result < 0 ? result : Integer.toUnsignedLong((int) statfs.get(JAVA_LONG, STATFS_TYPE));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /// readahead(2): blocks until the range is in the page cache or being read.
  public long readAhead(int descriptor, long fileOffset, long length) {
    return Native.callLong(READAHEAD, errno, descriptor, fileOffset, length, 0);
  }

  /// getdents64(2): the next names of a directory open for reading; returns how many bytes of
  /// `into` hold them, 0 at the end.
  public int readDirectory(int descriptor, DirectoryNames into) {
    try {
      MemorySegment memory = into.memory;
      long read =
          Native.callLong(
              SYSCALL,
              errno,
              SYS_GETDENTS64,
              descriptor,
              memory.address(),
              memory.byteSize(),
              0,
              0,
              0);
      into.read((int) Math.max(0, read));
      return (int) read;
    } finally {
      Reference.reachabilityFence(into);
    }
  }

  /// close(2). The descriptor is gone whatever is returned.
  public int close(int descriptor) {
    return Native.callInt(CLOSE, errno, descriptor, 0, 0);
  }

  private int place(byte[] name, int from, int to) {
    int length = to - from;
    if (length >= PATH_MAX) {
      return -Errno.ENAMETOOLONG;
    }
    for (int i = from; i < to; i++) {
      if (name[i] == 0) {
        return -Errno.EINVAL;
      }
    }
    MemorySegment.copy(name, from, path, JAVA_BYTE, 0, length);
    path.set(JAVA_BYTE, length, (byte) 0);
    return 0;
  }

  private void placeProcName(int descriptor) {
    path.setString(0, "/proc/self/fd/" + descriptor);
  }
}
