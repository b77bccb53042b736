package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// An eventfd(2): how other threads wake a loop that waits in the kernel.
///
/// [#signal] may be called by any thread until [#close]; the rest by the loop's thread.
public final class Wakeup implements AutoCloseable {
  private static final int EFD_FLAGS = Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC;
  private static final MethodHandle EVENTFD = Native.bind("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle READ =
      Native.bind("read", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle WRITE =
      Native.bind("write", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle CLOSE = Native.bind("close", JAVA_INT, JAVA_INT);

  private final MemorySegment errno = Native.capture();
  private final MemorySegment one = Memory.allocate(8);
  private final MemorySegment count = Memory.allocate(8);
  private final int fd;

  /// @throws KernelRefusal if there is no descriptor left
  public Wakeup() {
    one.set(JAVA_LONG, 0, 1);
    try {
      fd = Native.orErrno((int) EVENTFD.invokeExact(errno, 0, EFD_FLAGS), errno);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
    if (fd < 0) {
      throw new KernelRefusal("eventfd", -fd);
    }
  }

  public int descriptor() {
    return fd;
  }

  /// Makes the descriptor readable. A full counter means that it already is.
  public synchronized void signal() {
    if (!closed) {
      transfer(WRITE, one);
    }
  }

  /// Makes the descriptor unreadable again.
  public void drain() {
    transfer(READ, count);
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      int _ = (int) CLOSE.invokeExact(errno, fd);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
    Memory.free(one);
    Memory.free(count);
  }

  private boolean closed;

  private void transfer(MethodHandle call, MemorySegment eightBytes) {
    try {
      long _ = (long) call.invokeExact(errno, fd, eightBytes.address(), 8L);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }
}
