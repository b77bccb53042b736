package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// inotify(7): what happens to the names in directories, as a stream of events.
///
/// Any thread may [#watch] and [#unwatch] until [#close]; one thread calls [#await]. The descriptor
/// is closed when the last of them is out of it.
public final class Inotify implements AutoCloseable {
  public static final int IN_MODIFY = 0x2;
  public static final int IN_ATTRIB = 0x4;
  public static final int IN_MOVED_FROM = 0x40;
  public static final int IN_MOVED_TO = 0x80;
  public static final int IN_CREATE = 0x100;
  public static final int IN_DELETE = 0x200;
  public static final int IN_DELETE_SELF = 0x400;
  public static final int IN_MOVE_SELF = 0x800;
  public static final int IN_UNMOUNT = 0x2000;
  public static final int IN_Q_OVERFLOW = 0x4000;
  public static final int IN_IGNORED = 0x8000;
  public static final int IN_ONLYDIR = 0x1000000;
  public static final int IN_ISDIR = 0x40000000;

  static final int EVENT_WATCH = 0;
  static final int EVENT_MASK = 4;
  static final int EVENT_LENGTH = 12;
  static final int EVENT_NAME = 16;
  static final int POLLFD_EVENTS = 4;
  static final int POLLFD_RETURNED = 6;
  static final int POLLFD_BYTES = 8;
  static final short POLLIN = 1;

  /// As many events as the kernel's queue holds by default would be 4 MB; this is a few hundred.
  private static final int BUFFER_BYTES = 16 * 1024;

  private static final MethodHandle INIT = Native.bind("inotify_init1");
  private static final MethodHandle ADD = Native.bind("inotify_add_watch");
  private static final MethodHandle REMOVE = Native.bind("inotify_rm_watch");
  private static final MethodHandle POLL = Native.bind("poll");
  private static final MethodHandle READ = Native.bind("read");
  private static final MethodHandle CLOSE = Native.bind("close");

  /// Told of each event by [#await].
  public interface Listener {
    /// @param watch the number [#watch] has given, or -1
    /// @param mask IN_ flags
    /// @param name the name in the directory; empty if it is of the directory itself
    void happened(int watch, int mask, byte[] name);
  }

  private final Wakeup wakeup = new Wakeup();
  private final int descriptor;
  private int users; // guarded by this
  private boolean closed; // guarded by this

  /// @throws KernelRefusal if this user has too many instances, or there is no descriptor left
  public Inotify() {
    descriptor =
        Native.callInt(INIT, Native.capture(), Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC, 0, 0);
    if (descriptor < 0) {
      wakeup.close();
      throw new KernelRefusal("inotify_init1", -descriptor);
    }
  }

  /// Watches a directory by its absolute name, links followed. Its number, the same for the same
  /// directory, or `-errno`. May block.
  public int watch(byte[] directory, int mask) {
    if (!enter()) {
      return -Errno.EBADF;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocate(directory.length + 1L);
      MemorySegment.copy(directory, 0, path, JAVA_BYTE, 0, directory.length);
      return Native.callInt(ADD, Native.capture(), descriptor, path.address(), mask);
    } finally {
      leave();
    }
  }

  /// Ends a watch; that it has ended already is no error.
  public void unwatch(int watch) {
    if (enter()) {
      int _ = Native.callInt(REMOVE, Native.capture(), descriptor, watch, 0);
      leave();
    }
  }

  /// Waits for events and hands them out, until [#close]: true each time, then false.
  public boolean await(Listener listener) {
    if (!enter()) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment polled = arena.allocate(2L * POLLFD_BYTES, 8);
      place(polled, 0, descriptor);
      place(polled, POLLFD_BYTES, wakeup.descriptor());
      int _ = Native.callInt(POLL, Native.capture(), polled.address(), 2, -1);
      if (polled.get(JAVA_SHORT, POLLFD_BYTES + POLLFD_RETURNED) != 0) {
        return false;
      }
      MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);
      long length =
          Native.callLong(READ, Native.capture(), descriptor, buffer.address(), BUFFER_BYTES, 0);
      handOut(buffer, length, listener);
      return true;
    } finally {
      leave();
    }
  }

  /// Ends it; [#await] returns.
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      users++;
    }
    wakeup.signal();
    leave();
  }

  private static void place(MemorySegment polled, long at, int fd) {
    polled.set(JAVA_INT, at, fd);
    polled.set(JAVA_SHORT, at + POLLFD_EVENTS, POLLIN);
  }

  private static void handOut(MemorySegment buffer, long length, Listener listener) {
    for (long at = 0; at + EVENT_NAME <= length; ) {
      int nameLength = buffer.get(JAVA_INT, at + EVENT_LENGTH);
      listener.happened(
          buffer.get(JAVA_INT, at + EVENT_WATCH),
          buffer.get(JAVA_INT, at + EVENT_MASK),
          name(buffer.asSlice(at + EVENT_NAME, nameLength)));
      at += EVENT_NAME + nameLength;
    }
  }

  /// Without the NULs behind it.
  private static byte[] name(MemorySegment padded) {
    int end = 0;
    while (end < padded.byteSize() && padded.get(JAVA_BYTE, end) != 0) {
      end++;
    }
    return padded.asSlice(0, end).toArray(JAVA_BYTE);
  }

  private synchronized boolean enter() {
    if (closed) {
      return false;
    }
    users++;
    return true;
  }

  private synchronized void leave() {
    users--;
    if (closed && users == 0) {
      int _ = Native.callInt(CLOSE, Native.capture(), descriptor, 0, 0);
      wakeup.close();
    }
  }
}
