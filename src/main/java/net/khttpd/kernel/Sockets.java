package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

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
  public static final int MSG_TRUNC = 0x20;
  public static final int MSG_DONTWAIT = 0x40;
  public static final int MSG_WAITALL = 0x100;
  public static final int MSG_NOSIGNAL = 0x4000;
  public static final int MSG_MORE = 0x8000;
  public static final int SOCK_NONBLOCK = 0x800;
  public static final int SOCK_CLOEXEC = 0x80000;
  private static final int SOCK_STREAM = 1;
  private static final int SOL_SOCKET = 1;
  private static final int IPPROTO_TCP = 6;
  private static final int IPPROTO_IPV6 = 41;
  private static final int SO_REUSEADDR = 2;
  private static final int SO_ERROR = 4;
  private static final int SO_LINGER = 13;
  private static final int SO_REUSEPORT = 15;
  private static final int SO_RCVLOWAT = 18;
  private static final int SO_ATTACH_FILTER = 26;
  private static final int SO_ATTACH_REUSEPORT_CBPF = 51;
  private static final int SO_DETACH_REUSEPORT_BPF = 68;
  private static final int IPV6_V6ONLY = 26;
  private static final int TCP_NODELAY = 1;
  private static final int TCP_INFO = 11;
  private static final long TCP_INFO_BYTES_ACKED = 120;

  private static final MethodHandle SOCKET = Native.bind("socket");
  private static final MethodHandle BIND = Native.bind("bind");
  private static final MethodHandle LISTEN = Native.bind("listen");
  private static final MethodHandle ACCEPT4 = Native.bind("accept4");
  private static final MethodHandle CONNECT = Native.bind("connect");
  private static final MethodHandle SHUTDOWN = Native.bind("shutdown");
  private static final MethodHandle CLOSE = Native.bind("close");
  private static final MethodHandle RECV = Native.bind("recv");
  private static final MethodHandle SEND = Native.bind("send");
  private static final MethodHandle SENDMSG = Native.bind("sendmsg");
  private static final MethodHandle SENDFILE = Native.bind("sendfile");
  private static final MethodHandle SETSOCKOPT = Native.bind("setsockopt");
  private static final MethodHandle GETSOCKOPT = Native.bind("getsockopt");
  private static final MethodHandle GETSOCKNAME = Native.bind("getsockname");
  private static final MethodHandle GETPEERNAME = Native.bind("getpeername");

  private final MemorySegment errno = Native.capture();
  // Room for one option or length, the file offset of sendfile(2), and struct tcp_info.
  private final MemorySegment scratch = Memory.allocate(256);

  /// socket(2): a non-blocking, close-on-exec stream socket of the family.
  public int socket(int family) {
    int type = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
    return Native.callInt(SOCKET, errno, family, type, 0);
  }

  /// bind(2).
  public int bind(int fd, SocketAddress address) {
    try {
      return Native.callInt(BIND, errno, fd, address.pointer(), address.length());
    } finally {
      Reference.reachabilityFence(address);
    }
  }

  /// listen(2).
  public int listen(int fd, int backlog) {
    return Native.callInt(LISTEN, errno, fd, backlog, 0);
  }

  /// accept4(2): a non-blocking, close-on-exec connection.
  public int accept(int fd) {
    int flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
    return Native.callInt(ACCEPT4, errno, fd, 0, 0, flags, 0, 0);
  }

  /// connect(2): 0, or `-EINPROGRESS` while the handshake runs (for a Unix socket whose queue is
  /// full `-EAGAIN`).
  public int connect(int fd, SocketAddress address) {
    try {
      return Native.callInt(CONNECT, errno, fd, address.pointer(), address.length());
    } finally {
      Reference.reachabilityFence(address);
    }
  }

  /// shutdown(2).
  public int shutdown(int fd, int how) {
    return Native.callInt(SHUTDOWN, errno, fd, how, 0);
  }

  /// close(2). Never retried: on Linux the descriptor is gone whatever it returns.
  public int close(int fd) {
    return Native.callInt(CLOSE, errno, fd, 0, 0);
  }

  /// recv(2) into `length` bytes of `buffer` from `offset`.
  public int receive(int fd, MemorySegment buffer, long offset, int length, int flags) {
    long address = Native.address(buffer, offset, length);
    return (int) Native.callLong(RECV, errno, fd, address, length, flags);
  }

  /// send(2) of `length` bytes of `buffer` from `offset`; a broken pipe is a result, not a signal.
  public int send(int fd, MemorySegment buffer, long offset, int length, int flags) {
    long address = Native.address(buffer, offset, length);
    return (int) Native.callLong(SEND, errno, fd, address, length, flags | MSG_NOSIGNAL);
  }

  /// sendmsg(2) of a gathered message.
  public int send(int fd, MessageHeader message, int flags) {
    return (int) Native.callLong(SENDMSG, errno, fd, message.pointer(), flags | MSG_NOSIGNAL, 0);
  }

  /// sendfile(2) of at most `count` bytes of `file` from `offset`; 0 means that the file ends
  /// there.
  public long sendFile(int fd, int file, long offset, long count) {
    scratch.set(JAVA_LONG, 0, offset);
    return Native.callLong(SENDFILE, errno, fd, file, scratch.address(), count);
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

  /// Ends a connection that somebody else may hold a descriptor of, with a reset (connect(2) to
  /// AF_UNSPEC): a close would leave it open.
  public int disconnect(int fd) {
    scratch.set(JAVA_LONG, 0, 0);
    scratch.set(JAVA_LONG, 8, 0);
    return Native.callInt(CONNECT, errno, fd, scratch.address(), 16);
  }

  /// A poll finds the socket readable once so many bytes lie there (SO_RCVLOWAT of socket(7)).
  public int receiveLowWater(int fd, int bytes) {
    return set(fd, SOL_SOCKET, SO_RCVLOWAT, bytes);
  }

  /// Takes up to `length` bytes from the front of a TCP socket without reading them (MSG_TRUNC of
  /// tcp(7)).
  public int discard(int fd, int length) {
    return (int) Native.callLong(RECV, errno, fd, 0, length, MSG_TRUNC | MSG_DONTWAIT);
  }

  /// New connections to a group of SO_REUSEPORT go to those of its sockets that began to listen
  /// first, `count` of them (SO_ATTACH_REUSEPORT_CBPF); the others keep what they have.
  public int steerToFirst(int fd, int count) {
    return attach(fd, SO_ATTACH_REUSEPORT_CBPF, PacketFilter.oneOfTheFirst(count));
  }

  /// Ends [#steerToFirst].
  public int steerNot(int fd) {
    return set(fd, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, 0);
  }

  /// A listening socket lets no new connection begin; those that are beginning are completed, and
  /// those complete can be accepted. The client's kernel asks again a second later.
  public int refuseNew(int fd) {
    return attach(fd, SO_ATTACH_FILTER, PacketFilter.noNewConnection());
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

  /// getpeername(2) into `into`, which is empty if the peer is gone already (ENOTCONN).
  public int peerAddress(int fd, SocketAddress into) {
    return name(GETPEERNAME, fd, into);
  }

  /// Gives the scratch memory back; the instance must not be used afterwards.
  public void free() {
    Memory.free(scratch);
  }

  private int attach(int fd, int option, PacketFilter filter) {
    int result = set(fd, SOL_SOCKET, option, filter.memory, PacketFilter.PROGRAM_BYTES);
    filter.free(); // the kernel has made a copy
    return result;
  }

  private int set(int fd, int level, int option, int value) {
    scratch.set(JAVA_INT, 0, value);
    return set(fd, level, option, scratch, 4);
  }

  private int set(int fd, int level, int option, MemorySegment value, int length) {
    return Native.callInt(SETSOCKOPT, errno, fd, level, option, value.address(), length, 0);
  }

  private int get(int fd, int level, int option, int length) {
    long lengthAt = 248;
    scratch.set(JAVA_INT, lengthAt, length);
    long at = scratch.address();
    return Native.callInt(GETSOCKOPT, errno, fd, level, option, at, at + lengthAt, 0);
  }

  private int name(MethodHandle call, int fd, SocketAddress into) {
    scratch.set(JAVA_INT, 0, SocketAddress.BYTES);
    int result = Native.callInt(call, errno, fd, into.pointer(), scratch.address());
    if (result >= 0) {
      into.length(scratch.get(JAVA_INT, 0));
    } else {
      into.clear(); // who is gone must not bear the name of somebody else
    }
    return result;
  }
}
