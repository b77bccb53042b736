package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout.OfShort;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/// A `struct sockaddr_in`, `sockaddr_in6` (ip(7), ipv6(7)) or `sockaddr_un` (unix(7)) off heap.
///
/// Layout: family at 0; IPv4: port at 2, address at 4; IPv6: port at 2, address at 8, scope at 24;
/// Unix: path at 2. Ports and addresses are in network order. Not thread-safe while being filled.
///
/// One made from a host or path lives as long as somebody refers to it: loops, connections and
/// exchanges share it, and none of them knows who is the last. One to be filled must be freed.
public final class SocketAddress {
  /// Bytes of the largest form, `sockaddr_un`, rounded up.
  public static final int BYTES = 112;

  private static final int PATH_BYTES = 107;
  private static final long MAPPED_PREFIX_TAIL = 10;
  private static final OfShort NETWORK_SHORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

  private final MemorySegment bytes;
  private final boolean collected;
  private int length;

  /// An empty address for getpeername(2) and its like to fill.
  public SocketAddress() {
    this(Memory.allocate(BYTES), false);
  }

  private SocketAddress(MemorySegment bytes, boolean collected) {
    this.bytes = bytes;
    this.collected = collected;
    clear();
  }

  private static SocketAddress collected() {
    return new SocketAddress(Arena.ofAuto().allocate(BYTES, Long.BYTES), true);
  }

  /// An IPv4 or IPv6 address.
  public static SocketAddress of(InetAddress host, int port) {
    var address = collected();
    byte[] raw = host.getAddress();
    boolean four = host instanceof Inet4Address;
    address.bytes.set(JAVA_SHORT, 0, (short) (four ? Sockets.AF_INET : Sockets.AF_INET6));
    address.bytes.set(NETWORK_SHORT, 2, (short) port);
    MemorySegment.copy(raw, 0, address.bytes, JAVA_BYTE, four ? 4 : 8, raw.length);
    if (host instanceof java.net.Inet6Address six) {
      address.bytes.set(JAVA_INT, 24, six.getScopeId());
    }
    address.length = four ? 16 : 28;
    return address;
  }

  /// A Unix socket by path.
  ///
  /// @throws IllegalArgumentException if the path has more than 107 bytes
  public static SocketAddress ofUnixPath(String path) {
    byte[] raw = path.getBytes(UTF_8);
    if (raw.length == 0 || raw.length > PATH_BYTES) {
      throw new IllegalArgumentException("a Unix socket path has 1 to 107 bytes: " + path);
    }
    var address = collected();
    address.bytes.set(JAVA_SHORT, 0, (short) Sockets.AF_UNIX);
    MemorySegment.copy(raw, 0, address.bytes, JAVA_BYTE, 2, raw.length);
    address.length = 2 + raw.length + 1;
    return address;
  }

  public int family() {
    return bytes.get(JAVA_SHORT, 0);
  }

  public int port() {
    return bytes.get(NETWORK_SHORT, 2) & 0xFFFF;
  }

  /// Writes the address as 16 bytes to `out`, IPv4 in its mapped form (RFC 4291 §2.5.5.2).
  public void writeMapped(MemorySegment out, long offset) {
    if (family() == Sockets.AF_INET6) {
      MemorySegment.copy(bytes, 8, out, offset, 16);
    } else {
      out.set(JAVA_LONG_UNALIGNED, offset, 0);
      out.set(JAVA_LONG_UNALIGNED, offset + 8, 0);
      if (family() == Sockets.AF_INET) {
        out.set(JAVA_BYTE, offset + MAPPED_PREFIX_TAIL, (byte) 0xFF);
        out.set(JAVA_BYTE, offset + MAPPED_PREFIX_TAIL + 1, (byte) 0xFF);
        MemorySegment.copy(bytes, 4, out, offset + 12, 4);
      }
    }
  }

  /// The address as Java knows it; the unspecified address for a Unix socket. Cold.
  public InetAddress host() {
    byte[] raw = new byte[family() == Sockets.AF_INET6 ? 16 : 4];
    if (family() != Sockets.AF_UNIX) {
      MemorySegment.copy(bytes, JAVA_BYTE, raw.length == 16 ? 8 : 4, raw, 0, raw.length);
    }
    try {
      return InetAddress.getByAddress(raw);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 and 16 bytes are always an address", e);
    }
  }

  /// Frees the memory of one that was made to be filled; it must not be used afterwards.
  public void free() {
    if (!collected) {
      Memory.free(bytes);
    }
  }

  /// No address: of no family.
  void clear() {
    bytes.fill((byte) 0);
    length = 0;
  }

  long pointer() {
    return bytes.address();
  }

  int length() {
    return length;
  }

  void length(int filled) {
    length = Math.min(filled, BYTES);
  }
}
