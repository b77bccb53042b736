package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// An eventfd(2): how other threads wake a loop that waits in the kernel.
///
/// [#signal] may be called by any thread until [#close]; the rest by the loop's thread.
public final class Wakeup implements AutoCloseable {
  private static final int EFD_FLAGS = Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC;
  private static final MethodHandle EVENTFD = Native.bind("eventfd");
  private static final MethodHandle READ = Native.bind("read");
  private static final MethodHandle WRITE = Native.bind("write");
  private static final MethodHandle CLOSE = Native.bind("close");

  private final MemorySegment errno = Native.capture();
  private final MemorySegment one = Memory.allocate(8);
  private final MemorySegment count = Memory.allocate(8);
  private final int fd;

  /// @throws KernelRefusal if there is no descriptor left
  public Wakeup() {
    one.set(JAVA_LONG, 0, 1);
    fd = Native.callInt(EVENTFD, errno, 0, EFD_FLAGS, 0);
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
    int _ = Native.callInt(CLOSE, errno, fd, 0, 0);
    Memory.free(one);
    Memory.free(count);
  }

  private boolean closed;

  private void transfer(MethodHandle call, MemorySegment eightBytes) {
    long _ = Native.callLong(call, errno, fd, eightBytes.address(), 8, 0);
  }
}
