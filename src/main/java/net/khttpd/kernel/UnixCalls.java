package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/// What the ends of a Unix socket (unix(7)) need beyond [Sockets]: poll(2), which waits, who we and
/// the peer are, and the passing on of descriptors. Methods return 0 or more, or `-errno`.
///
/// One instance for each thread: it owns the segment that receives `errno`.
public final class UnixCalls {
  public static final int POLLIN = 0x1;

  /// Also: the mount table has changed (proc_pid_mounts(5)).
  public static final int POLLPRI = 0x2;

  public static final int POLLOUT = 0x4;
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERCRED = 17;
  private static final int UCRED_BYTES = 12;
  private static final int LOCK_EX = 2;
  private static final int LOCK_NB = 4;

  private static final int SCM_RIGHTS = 1;

  // One struct msghdr, one struct iovec, and room for a struct cmsghdr with one descriptor.
  private static final long MESSAGE_BYTES = 56;
  private static final long IOVEC_AT = MESSAGE_BYTES;
  private static final long CONTROL_AT = IOVEC_AT + 16;
  private static final long CONTROL_BYTES = 24;
  private static final long CONTROL_LENGTH = 20;

  private static final MethodHandle SENDMSG = Native.bind("sendmsg");
  private static final MethodHandle POLL = Native.bind("poll");
  private static final MethodHandle FCHMOD = Native.bind("fchmod");
  private static final MethodHandle FLOCK = Native.bind("flock");
  private static final MethodHandle GETSOCKOPT = Native.bind("getsockopt");

  /// Who connected, or who listens (SO_PEERCRED of unix(7)), as it was then.
  public record Credentials(int pid, int uid) {}

  private final MemorySegment errno = Native.capture();
  private final MemorySegment scratch = Arena.ofAuto().allocate(32, 8);
  private final MemorySegment message =
      Arena.ofAuto().allocate(CONTROL_AT + CONTROL_BYTES, Long.BYTES);

  /// poll(2) of one descriptor: what is there of `events`, or an error or end of it; 0 if the time
  /// is up.
  ///
  /// @param millis how long to wait; negative: without end
  public int poll(int fd, int events, int millis) {
    scratch.set(JAVA_INT, 0, fd);
    scratch.set(JAVA_SHORT, 4, (short) events);
    scratch.set(JAVA_SHORT, 6, (short) 0);
    try {
      int result = Native.callInt(POLL, errno, scratch.address(), 1, millis);
      return result <= 0 ? result : scratch.get(JAVA_SHORT, 6);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /// fchmod(2). Of a Unix socket before bind(2): the name that bind makes has this mode, less the
  /// umask, from its first moment.
  public int mode(int fd, int mode) {
    return Native.callInt(FCHMOD, errno, fd, mode, 0);
  }

  /// flock(2), exclusively and without waiting: `-EAGAIN` if somebody has it. Closing ends it.
  public int lock(int fd) {
    return Native.callInt(FLOCK, errno, fd, LOCK_EX | LOCK_NB, 0);
  }

  /// The peer of a connected Unix socket; null if the kernel does not tell.
  public @Nullable Credentials credentials(int fd) {
    scratch.set(JAVA_INT, 16, UCRED_BYTES);
    long at = scratch.address();
    try {
      int result = Native.callInt(GETSOCKOPT, errno, fd, SOL_SOCKET, SO_PEERCRED, at, at + 16, 0);
      return result < 0
          ? null
          : new Credentials(scratch.get(JAVA_INT, 0), scratch.get(JAVA_INT, 4));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /// sendmsg(2) of bytes and, with the first of them, a copy of a descriptor (SCM_RIGHTS of
  /// unix(7)); never waits. The peer gets both or nothing, but perhaps not all of the bytes: their
  /// number is returned.
  public int sendDescriptor(int fd, MemorySegment bytes, long offset, int length, int descriptor) {
    message.fill((byte) 0);
    message.set(JAVA_LONG, 16, message.address() + IOVEC_AT);
    message.set(JAVA_LONG, 24, 1);
    message.set(JAVA_LONG, 32, message.address() + CONTROL_AT);
    message.set(JAVA_LONG, 40, CONTROL_BYTES);
    message.set(JAVA_LONG, IOVEC_AT, Native.address(bytes, offset, length));
    message.set(JAVA_LONG, IOVEC_AT + 8, length);
    message.set(JAVA_LONG, CONTROL_AT, CONTROL_LENGTH);
    message.set(JAVA_INT, CONTROL_AT + 8, SOL_SOCKET);
    message.set(JAVA_INT, CONTROL_AT + 12, SCM_RIGHTS);
    message.set(JAVA_INT, CONTROL_AT + 16, descriptor);
    int flags = Sockets.MSG_DONTWAIT | Sockets.MSG_NOSIGNAL;
    try {
      return (int) Native.callLong(SENDMSG, errno, fd, message.address(), flags, 0);
    } finally {
      Reference.reachabilityFence(this);
    }
  }
}
