package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// An epoll(7) instance and its array of events. Used by one loop's thread.
///
/// `struct epoll_event` is packed to 12 bytes on x86-64 and has 16 elsewhere.
public final class Epoll implements AutoCloseable {
  public static final int EPOLLIN = 0x1;
  public static final int EPOLLOUT = 0x4;
  public static final int EPOLLERR = 0x8;
  public static final int EPOLLHUP = 0x10;
  public static final int EPOLLRDHUP = 0x2000;
  public static final int EPOLLET = 1 << 31;
  private static final int EPOLL_CLOEXEC = 0x80000;
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLL_CTL_DEL = 2;
  private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");
  private static final long EVENT_BYTES = PACKED ? 12 : 16;
  private static final long DATA_AT = PACKED ? 4 : 8;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private static final MethodHandle CREATE = Native.bind("epoll_create1", JAVA_INT, JAVA_INT);
  private static final MethodHandle CTL =
      Native.bind("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle WAIT =
      Native.bind("epoll_wait", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
  private static final MethodHandle CLOSE = Native.bind("close", JAVA_INT, JAVA_INT);

  private final MemorySegment errno = Native.capture();
  private final int capacity;
  private final MemorySegment events;
  private final MemorySegment control = Memory.allocate(16);
  private final int fd;

  /// @param capacity events taken in one wait
  /// @throws KernelRefusal if there are no descriptors or no memory left
  public Epoll(int capacity) {
    this.capacity = capacity;
    this.events = Memory.allocate(capacity * EVENT_BYTES);
    try {
      fd = Native.orErrno((int) CREATE.invokeExact(errno, EPOLL_CLOEXEC), errno);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
    if (fd < 0) {
      Memory.free(events);
      Memory.free(control);
      throw new KernelRefusal("epoll_create1", -fd);
    }
  }

  /// EPOLL_CTL_ADD: from now on events of `target` carry `data`.
  public int add(int target, int interest, long data) {
    control.set(JAVA_INT, 0, interest);
    control.set(JAVA_LONG_UNALIGNED, DATA_AT, data);
    return control(EPOLL_CTL_ADD, target);
  }

  /// EPOLL_CTL_DEL. Needed only for descriptors that stay open: close(2) removes the others.
  public int remove(int target) {
    return control(EPOLL_CTL_DEL, target);
  }

  /// epoll_wait(2): waits until something is ready, at most `timeoutNanos` (negative: for ever).
  /// Returns the number of events, 0 after the time or a signal.
  public int await(long timeoutNanos) {
    int result = await(millisRoundedUp(timeoutNanos));
    return result == -Errno.EINTR ? 0 : result;
  }

  public long data(int event) {
    return events.get(JAVA_LONG_UNALIGNED, event * EVENT_BYTES + DATA_AT);
  }

  public int readiness(int event) {
    return events.get(JAVA_INT_UNALIGNED, event * EVENT_BYTES);
  }

  @Override
  public void close() {
    try {
      int _ = (int) CLOSE.invokeExact(errno, fd);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
    Memory.free(events);
    Memory.free(control);
  }

  private int await(int millis) {
    try {
      return Native.orErrno(
          (int) WAIT.invokeExact(errno, fd, events.address(), capacity, millis), errno);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }

  private int control(int operation, int target) {
    try {
      return Native.orErrno(
          (int) CTL.invokeExact(errno, fd, operation, target, control.address()), errno);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }

  private static int millisRoundedUp(long nanos) {
    if (nanos < 0) {
      return -1;
    }
    long millis = (nanos + 999_999) / 1_000_000;
    return (int) Math.min(millis, NANOS_PER_SECOND);
  }
}
