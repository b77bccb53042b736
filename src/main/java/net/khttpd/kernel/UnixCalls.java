package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/// What the two ends of a control socket (unix(7)) need beyond [Sockets]: poll(2), which waits, and
/// who we and the peer are. Methods return 0 or more, or `-errno`.
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

  private static final MethodHandle POLL = Native.bind("poll");
  private static final MethodHandle FCHMOD = Native.bind("fchmod");
  private static final MethodHandle FLOCK = Native.bind("flock");
  private static final MethodHandle GETSOCKOPT = Native.bind("getsockopt");

  /// Who connected, or who listens (SO_PEERCRED of unix(7)), as it was then.
  public record Credentials(int pid, int uid) {}

  private final MemorySegment errno = Native.capture();
  private final MemorySegment scratch = Arena.ofAuto().allocate(32, 8);

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
}
