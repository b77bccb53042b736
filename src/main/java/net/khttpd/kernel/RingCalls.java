package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// io_uring_setup(2), io_uring_enter(2), io_uring_register(2), mmap(2) and munmap(2), through
/// `syscall(2)`; the numbers are the same on x86-64 and aarch64. Results of 0 or more, or `-errno`.
///
/// Used by the one thread that owns the ring.
final class RingCalls {
  static final long PARAMS_BYTES = 120;

  private static final long SYS_SETUP = 425;
  private static final long SYS_ENTER = 426;
  private static final long SYS_REGISTER = 427;
  private static final int REGISTER_IOWQ_MAX_WORKERS = 19;
  private static final int REGISTER_RING_FDS = 20;
  private static final int UNREGISTER_RING_FDS = 21;
  private static final int REGISTER_PBUF_RING = 22;
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_SHARED_POPULATE = 0x8001;

  private static final MethodHandle SYSCALL = Native.bind("syscall");
  private static final MethodHandle MMAP = Native.bind("mmap");
  private static final MethodHandle MUNMAP = Native.bind("munmap");
  private static final MethodHandle CLOSE = Native.bind("close");

  private final MemorySegment errno = Native.capture();

  int setup(int entries, MemorySegment params) {
    return (int) Native.callLong(SYSCALL, errno, SYS_SETUP, entries, params.address(), 0);
  }

  int enter(int fd, int submit, int wait, int flags, long argument, long argumentBytes) {
    return (int)
        Native.callLong(
            SYSCALL, errno, SYS_ENTER, fd, submit, wait, flags, argument, argumentBytes);
  }

  /// Registers the ring's own descriptor, so that each enter saves a look-up: returns its index.
  /// `struct io_uring_rsrc_update { u32 offset; u32 resv; u64 data; }` lies in `arguments`.
  int registerRing(int fd, MemorySegment arguments) {
    arguments.set(JAVA_INT, 0, -1);
    arguments.set(JAVA_INT, 4, 0);
    arguments.set(JAVA_LONG, 8, fd);
    int result = register(fd, REGISTER_RING_FDS, arguments.address(), 1);
    int index = arguments.get(JAVA_INT, 0);
    arguments.fill((byte) 0);
    return result == 1 ? index : -Errno.EINVAL;
  }

  /// Gives back what [#registerRing] registered under this index.
  void unregisterRing(int fd, MemorySegment arguments, int index) {
    arguments.fill((byte) 0);
    arguments.set(JAVA_INT, 0, index);
    int _ = register(fd, UNREGISTER_RING_FDS, arguments.address(), 1);
  }

  /// `struct io_uring_buf_reg { u64 ring_addr; u32 ring_entries; u16 bgid; u16 flags; u64 resv[3]
  /// }`.
  int registerBuffers(int fd, MemorySegment arguments, MemorySegment ring, int count, int group) {
    arguments.fill((byte) 0);
    arguments.set(JAVA_LONG, 0, ring.address());
    arguments.set(JAVA_INT, 8, count);
    arguments.set(JAVA_SHORT, 12, (short) group);
    int result = register(fd, REGISTER_PBUF_RING, arguments.address(), 1);
    arguments.fill((byte) 0);
    return result;
  }

  int maximumWorkers(int fd, MemorySegment arguments, int bounded, int unbounded) {
    arguments.set(JAVA_INT, 0, bounded);
    arguments.set(JAVA_INT, 4, unbounded);
    int result = register(fd, REGISTER_IOWQ_MAX_WORKERS, arguments.address(), 2);
    arguments.fill((byte) 0);
    return result;
  }

  long map(int fd, long bytes, long offset) {
    return Native.callLong(
        MMAP, errno, 0, bytes, PROT_READ_WRITE, MAP_SHARED_POPULATE, fd, offset, 0);
  }

  void unmap(MemorySegment mapping) {
    int _ = Native.callInt(MUNMAP, errno, mapping.address(), mapping.byteSize(), 0);
  }

  void close(int fd) {
    int _ = Native.callInt(CLOSE, errno, fd, 0, 0);
  }

  private int register(int fd, int operation, long argument, int count) {
    return (int)
        Native.callLong(SYSCALL, errno, SYS_REGISTER, fd, operation, argument, count, 0, 0);
  }
}
