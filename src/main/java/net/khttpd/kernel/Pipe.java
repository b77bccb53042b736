package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// A pipe(7) between two sockets: splice(2) moves what one has received to the other without a copy
/// into our memory.
///
/// Used by one thread; owns both descriptors until [#close].
public final class Pipe {
  private static final int FLAGS = Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC;
  private static final int F_SETPIPE_SZ = 1031;
  private static final int MOVE_NONBLOCK = 1 | 2; // SPLICE_F_MOVE | SPLICE_F_NONBLOCK
  private static final MethodHandle PIPE2 = Native.bind("pipe2");
  private static final MethodHandle FCNTL = Native.bind("fcntl");
  private static final MethodHandle SPLICE = Native.bind("splice");
  private static final MethodHandle CLOSE = Native.bind("close");

  private final MemorySegment errno = Native.capture();
  private final int in;
  private final int out;

  private Pipe(int out, int in) {
    this.out = out;
    this.in = in;
  }

  /// Opens one that takes `bytes`; null if there are no descriptors, or the user's pipes are as
  /// large as they may be (pipe-user-pages-soft).
  public static @Nullable Pipe open(int bytes) {
    MemorySegment two = Memory.allocate(8);
    try {
      MemorySegment errno = Native.capture();
      if (Native.callInt(PIPE2, errno, two.address(), FLAGS, 0) < 0) {
        return null;
      }
      var pipe = new Pipe(two.get(JAVA_INT, 0), two.get(JAVA_INT, 4));
      if (Native.callInt(FCNTL, errno, pipe.in, F_SETPIPE_SZ, bytes) < bytes) {
        pipe.close();
        return null;
      }
      return pipe;
    } finally {
      Memory.free(two);
    }
  }

  /// Takes at most `count` bytes from a socket: bytes taken, 0 at its end, or `-errno`.
  public long fill(int socket, long count) {
    return splice(socket, in, count);
  }

  /// Gives at most `count` bytes to a socket: bytes given, or `-errno`. A broken pipe may be a
  /// signal as well, which the JVM ignores.
  public long drain(int socket, long count) {
    return splice(out, socket, count);
  }

  private long splice(int from, int to, long count) {
    return Native.callLong(SPLICE, errno, from, 0, to, 0, count, MOVE_NONBLOCK, 0);
  }

  /// Closes both ends; what is in it is lost.
  public void close() {
    int _ = Native.callInt(CLOSE, errno, in, 0, 0);
    int _ = Native.callInt(CLOSE, errno, out, 0, 0);
  }
}
