package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout.OfShort;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;

/// Asks the kernel for TCP connections whose handshake is under way (sock_diag(7)): it looks for
/// them itself and names only those, where /proc/net/tcp would print every connection there is (a
/// second and more for the 30,000 of a busy machine, measured).
///
/// Used by one thread.
public final class HalfOpen {
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int NETLINK_SOCK_DIAG = 4;
  private static final short SOCK_DIAG_BY_FAMILY = 20;
  private static final short REQUEST_DUMP = 0x301;
  private static final int NLMSG_DONE = 3;
  private static final byte IPPROTO_TCP = 6;
  private static final int SYN_RECEIVED = 1 << 3;

  /// `struct nlmsghdr` of 16 bytes, then `struct inet_diag_req_v2` of 56: family, protocol, two
  /// bytes, the states, and the ports and addresses asked for, of which only the local port.
  private static final int REQUEST_BYTES = 72;

  private static final long PORT_AT = 24;
  private static final int ANSWER_BYTES = 8192;
  private static final OfShort NETWORK_SHORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
  private static final MethodHandle SOCKET = Native.bind("socket");
  private static final MethodHandle SEND = Native.bind("send");
  private static final MethodHandle RECV = Native.bind("recv");
  private static final MethodHandle CLOSE = Native.bind("close");

  private HalfOpen() {}

  /// What the kernel says.
  public enum Answer {
    NONE,
    SOME,
    /// it has no sock_diag
    UNKNOWN
  }

  /// Whether there are any on this local port.
  public static Answer on(int port) {
    Answer four = on(port, Sockets.AF_INET);
    return four == Answer.NONE ? on(port, Sockets.AF_INET6) : four;
  }

  private static Answer on(int port, int family) {
    MemorySegment errno = Native.capture();
    int type = SOCK_RAW | Sockets.SOCK_CLOEXEC | Sockets.SOCK_NONBLOCK;
    int fd = Native.callInt(SOCKET, errno, AF_NETLINK, type, NETLINK_SOCK_DIAG);
    if (fd < 0) {
      return Answer.UNKNOWN;
    }
    MemorySegment buffer = Memory.allocate(ANSWER_BYTES);
    try {
      ask(buffer, port, family);
      long sent = Native.callLong(SEND, errno, fd, buffer.address(), REQUEST_BYTES, 0);
      long length = Native.callLong(RECV, errno, fd, buffer.address(), ANSWER_BYTES, 0);
      return sent < 0 || length < 16 ? Answer.UNKNOWN : read(buffer);
    } finally {
      Memory.free(buffer);
      int _ = Native.callInt(CLOSE, errno, fd, 0, 0);
    }
  }

  private static void ask(MemorySegment request, int port, int family) {
    request.fill((byte) 0);
    request.set(JAVA_INT, 0, REQUEST_BYTES);
    request.set(JAVA_SHORT, 4, SOCK_DIAG_BY_FAMILY);
    request.set(JAVA_SHORT, 6, REQUEST_DUMP);
    request.set(JAVA_BYTE, 16, (byte) family);
    request.set(JAVA_BYTE, 17, IPPROTO_TCP);
    request.set(JAVA_INT, 20, SYN_RECEIVED);
    request.set(NETWORK_SHORT, PORT_AT, (short) port);
  }

  /// The first message tells: a connection, the end of the list, or an error.
  private static Answer read(MemorySegment answer) {
    return switch (answer.get(JAVA_SHORT, 4)) {
      case SOCK_DIAG_BY_FAMILY -> Answer.SOME;
      case NLMSG_DONE -> Answer.NONE;
      default -> Answer.UNKNOWN;
    };
  }
}
