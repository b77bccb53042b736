package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The socket calls of section 2 of the manual, one method each. Every method returns 0 or more, or
/// `-errno`; none blocks, because every socket is made non-blocking.
///
/// One instance for each thread: it owns the segment that receives `errno`.
public final class Sockets {
  public static final int AF_UNIX = 1;
  public static final int AF_INET = 2;
  public static final int AF_INET6 = 10;
  public static final int SHUT_WR = 1;
  public static final int SHUT_RDWR = 2;
  public static final int MSG_PEEK = 0x2;
  public static final int MSG_DONTWAIT = 0x40;
  public static final int MSG_WAITALL = 0x100;
  public static final int MSG_NOSIGNAL = 0x4000;
  public static final int MSG_MORE = 0x8000;
  static final int SOCK_NONBLOCK = 0x800;
  static final int SOCK_CLOEXEC = 0x80000;
  private static final int SOCK_STREAM = 1;
  private static final int SOL_SOCKET = 1;
  private static final int IPPROTO_TCP = 6;
  private static final int IPPROTO_IPV6 = 41;
  private static final int SO_REUSEADDR = 2;
  private static final int SO_ERROR = 4;
  private static final int SO_LINGER = 13;
  private static final int SO_REUSEPORT = 15;
  private static final int IPV6_V6ONLY = 26;
  private static final int TCP_NODELAY = 1;
  private static final int TCP_INFO = 11;
  private static final long TCP_INFO_BYTES_ACKED = 120;
  private static final int F_SETFL = 4;
  private static final int O_RDWR = 2;

  private static final MethodHandle SOCKET =
      Native.bind("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle BIND =
      Native.bind("bind", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle LISTEN = Native.bind("listen", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle ACCEPT4 =
      Native.bind("accept4", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle CONNECT =
      Native.bind("connect", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle SHUTDOWN =
      Native.bind("shutdown", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle CLOSE = Native.bind("close", JAVA_INT, JAVA_INT);
  private static final MethodHandle RECV =
      Native.bind("recv", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle SEND =
      Native.bind("send", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle SENDMSG =
      Native.bind("sendmsg", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle SENDFILE =
      Native.bind("sendfile", JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SETSOCKOPT =
      Native.bind("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle GETSOCKOPT =
      Native.bind("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle GETSOCKNAME =
      Native.bind("getsockname", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle GETPEERNAME =
      Native.bind("getpeername", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle FCNTL =
      Native.bindVariadic("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);

  private final MemorySegment errno = Native.capture();
  // Room for one option or length, the file offset of sendfile(2), and struct tcp_info.
  private final MemorySegment scratch = Memory.allocate(256);

  /// socket(2): a close-on-exec stream socket of the family. A ring wants it blocking (it takes
  /// O_NONBLOCK for the wish to get EAGAIN), everybody else does not.
  public int socket(int family, boolean blocking) {
    int type = SOCK_STREAM | SOCK_CLOEXEC | (blocking ? 0 : SOCK_NONBLOCK);
    try {
      return Native.orErrno((int) SOCKET.invokeExact(errno, family, type, 0), errno);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }

  /// bind(2).
  public int bind(int fd, SocketAddress address) {
    try {
      return Native.orErrno(
          (int) BIND.invokeExact(errno, fd, address.pointer(), address.length()), errno);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }

  /// listen(2).
  public int listen(int fd, int backlog) {
    try {
      return Native.orErrno((int) LISTEN.invokeExact(errno, fd, backlog), errno);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }

  /// accept4(2): a close-on-exec connection.
  public int accept(int fd, boolean blocking) {
    int flags = SOCK_CLOEXEC | (blocking ? 0 : SOCK_NONBLOCK);
    try {
      return Native.orErrno((int) ACCEPT4.invokeExact(errno, fd, 0L, 0L, flags), errno);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }

  /// connect(2): 0, or `-EINPROGRESS` while the handshake runs (for a Unix socket whose queue is
  /// full `-EAGAIN`).
  public int connect(int fd, SocketAddress address) {
    try {
      return Native.orErrno(
          (int) CONNECT.invokeExact(errno, fd, address.pointer(), address.length()), errno);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }

  /// shutdown(2).
  public int shutdown(int fd, int how) {
    try {
      return Native.orErrno((int) SHUTDOWN.invokeExact(errno, fd, how), errno);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }

  /// close(2). Never retried: on Linux the descriptor is gone whatever it returns.
  public int close(int fd) {
    try {
      return Native.orErrno((int) CLOSE.invokeExact(errno, fd), errno);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }

  /// recv(2) into `length` bytes of `buffer` from `offset`.
  public int receive(int fd, MemorySegment buffer, long offset, int length, int flags) {
    long address = Native.address(buffer, offset, length);
    try {
      return (int)
          Native.orErrno((long) RECV.invokeExact(errno, fd, address, (long) length, flags), errno);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }

  /// send(2) of `length` bytes of `buffer` from `offset`; a broken pipe is a result, not a signal.
  public int send(int fd, MemorySegment buffer, long offset, int length, int flags) {
    long address = Native.address(buffer, offset, length);
    try {
      return (int)
          Native.orErrno(
              (long) SEND.invokeExact(errno, fd, address, (long) length, flags | MSG_NOSIGNAL),
              errno);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }

  /// sendmsg(2) of a gathered message.
  public int send(int fd, MessageHeader message, int flags) {
    try {
      return (int)
          Native.orErrno(
              (long) SENDMSG.invokeExact(errno, fd, message.pointer(), flags | MSG_NOSIGNAL),
              errno);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }

  /// sendfile(2) of at most `count` bytes of `file` from `offset`; 0 means that the file ends
  /// there.
  public long sendFile(int fd, int file, long offset, long count) {
    scratch.set(JAVA_LONG, 0, offset);
    try {
      return Native.orErrno(
          (long) SENDFILE.invokeExact(errno, fd, file, scratch.address(), count), errno);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }

  /// fcntl(2) F_SETFL: turns O_NONBLOCK off or on.
  public int blocking(int fd, boolean blocking) {
    try {
      return Native.orErrno(
          (int) FCNTL.invokeExact(errno, fd, F_SETFL, O_RDWR | (blocking ? 0 : SOCK_NONBLOCK)),
          errno);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }

  public int reuseAddress(int fd) {
    return set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  }

  public int reusePort(int fd) {
    return set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  }

  public int noDelay(int fd) {
    return set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  }

  /// Whether an IPv6 socket refuses IPv4 peers.
  public int onlyIpv6(int fd, boolean only) {
    return set(fd, IPPROTO_IPV6, IPV6_V6ONLY, only ? 1 : 0);
  }

  /// Makes the coming close(2) send a reset (SO_LINGER of 0 seconds, socket(7)): the peer must not
  /// take a cut answer for a whole one.
  public int resetOnClose(int fd) {
    scratch.set(JAVA_INT, 0, 1);
    scratch.set(JAVA_INT, 4, 0);
    return set(fd, SOL_SOCKET, SO_LINGER, scratch, 8);
  }

  /// The pending error of a socket (SO_ERROR of socket(7)), as `-errno`, or 0.
  public int error(int fd) {
    int result = get(fd, SOL_SOCKET, SO_ERROR, 4);
    return result < 0 ? result : -scratch.get(JAVA_INT, 0);
  }

  /// Bytes that the peer has acknowledged since the connection began (tcp_info of tcp(7)), or
  /// `-errno`: how progress is told from stillness.
  public long bytesAcknowledged(int fd) {
    int result = get(fd, IPPROTO_TCP, TCP_INFO, 232);
    return result < 0 ? result : scratch.get(JAVA_LONG, TCP_INFO_BYTES_ACKED);
  }

  /// getsockname(2) into `into`.
  public int localAddress(int fd, SocketAddress into) {
    return name(GETSOCKNAME, fd, into);
  }

  /// getpeername(2) into `into`.
  public int peerAddress(int fd, SocketAddress into) {
    return name(GETPEERNAME, fd, into);
  }

  /// Gives the scratch memory back; the instance must not be used afterwards.
  public void free() {
    Memory.free(scratch);
  }

  private int set(int fd, int level, int option, int value) {
    scratch.set(JAVA_INT, 0, value);
    return set(fd, level, option, scratch, 4);
  }

  private int set(int fd, int level, int option, MemorySegment value, int length) {
    try {
      return Native.orErrno(
          (int) SETSOCKOPT.invokeExact(errno, fd, level, option, value.address(), length), errno);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }

  private int get(int fd, int level, int option, int length) {
    long lengthAt = 248;
    scratch.set(JAVA_INT, lengthAt, length);
    try {
      return Native.orErrno(
          (int)
              GETSOCKOPT.invokeExact(
                  errno, fd, level, option, scratch.address(), scratch.address() + lengthAt),
          errno);
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }

  private int name(MethodHandle call, int fd, SocketAddress into) {
    scratch.set(JAVA_INT, 0, SocketAddress.BYTES);
    try {
      int result =
          Native.orErrno(
              (int) call.invokeExact(errno, fd, into.pointer(), scratch.address()), errno);
      if (result >= 0) {
        into.length(scratch.get(JAVA_INT, 0));
      }
      return result;
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }
}
