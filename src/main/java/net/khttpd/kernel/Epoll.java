package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// An epoll(7) instance and its array of events. Used by one loop's thread.
///
/// `struct epoll_event` is packed to 12 bytes on x86-64 and has 16 elsewhere.
public final class Epoll implements AutoCloseable {
  public static final int EPOLLIN = 0x1;
  public static final int EPOLLPRI = 0x2;
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

  private static final MethodHandle CREATE = Native.bind("epoll_create1");
  private static final MethodHandle CTL = Native.bind("epoll_ctl");
  private static final MethodHandle WAIT = Native.bind("epoll_wait");
  private static final MethodHandle CLOSE = Native.bind("close");

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
    fd = Native.callInt(CREATE, errno, EPOLL_CLOEXEC, 0, 0);
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
    int _ = Native.callInt(CLOSE, errno, fd, 0, 0);
    Memory.free(events);
    Memory.free(control);
  }

  private int await(int millis) {
    return Native.callInt(WAIT, errno, fd, events.address(), capacity, millis, 0, 0);
  }

  private int control(int operation, int target) {
    return Native.callInt(CTL, errno, fd, operation, target, control.address(), 0, 0);
  }

  private static int millisRoundedUp(long nanos) {
    if (nanos < 0) {
      return -1;
    }
    long millis = (nanos + 999_999) / 1_000_000;
    return (int) Math.min(millis, NANOS_PER_SECOND);
  }
}
