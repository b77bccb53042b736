package net.khttpd.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The header of the PROXY protocol, version 1 or 2, with which a balancer begins a connection to
/// say whose it is (proxy-protocol.txt of HAProxy). Read once for a connection, so it may allocate.
/// Used by one loop's thread; what it says holds until the next [#parse].
///
/// Of IPv4 and IPv6 over TCP it tells both addresses. Of everything else that is well-formed
/// (LOCAL, UNKNOWN, Unix sockets, datagrams) it tells nothing: then the socket's own address holds.
public final class ProxyHeader {
  /// What [#parse] returns while bytes are missing.
  public static final int INCOMPLETE = 0;

  /// What [#parse] returns if this is no such header.
  public static final int MALFORMED = -1;

  /// The longest header taken, in octets: what fits the smallest packet that every IPv4 host takes
  /// (RFC 1122 §3.3.3), within which the protocol has a sender stay.
  public static final int LONGEST = 536;

  private static final int LONGEST_LINE = 107;
  private static final byte[] LINE_START = "PROXY ".getBytes(ISO_8859_1);
  private static final byte[] SIGNATURE = "\r\n\r\n\0\r\nQUIT\n".getBytes(ISO_8859_1);
  private static final int FIXED = 16;
  private static final int LOCAL = 0x20;
  private static final int PROXY = 0x21;
  private static final int TCP4 = 0x11;
  private static final int TCP6 = 0x21;
  private static final int IPV4_ADDRESSES = 12;
  private static final int IPV6_ADDRESSES = 36;
  private static final int UNIX_ADDRESSES = 216;
  private static final int CRC32C_TYPE = 3;
  private static final long MAPPED = 0xFFFFL << 32;

  /// An address and port, IPv4 in its mapped form (RFC 4291 §2.5.5.2), in network order.
  public record Address(long high, long low, int port) {}

  private static final Address NONE = new Address(0, 0, 0);

  private boolean tells;
  private Address source = NONE;
  private Address destination = NONE;

  /// Whether the header told the addresses.
  public boolean tells() {
    return tells;
  }

  /// Whose connection it is.
  public Address source() {
    return source;
  }

  /// Where the client had connected to.
  public Address destination() {
    return destination;
  }

  /// Reads the header at the start of `length` octets. Its length, [#INCOMPLETE] or [#MALFORMED].
  public int parse(MemorySegment bytes, long at, int length) {
    tells = false;
    if (begins(LINE_START, bytes, at, length)) {
      return line(bytes, at, length);
    }
    if (begins(SIGNATURE, bytes, at, length)) {
      return binary(bytes, at, length);
    }
    return MALFORMED;
  }

  /// Whether the octets begin so, as far as there are any.
  private static boolean begins(byte[] start, MemorySegment bytes, long at, int length) {
    for (int i = 0; i < Math.min(start.length, length); i++) {
      if (bytes.get(Octets.OCTET, at + i) != start[i]) {
        return false;
      }
    }
    return true;
  }

  // Version 1

  private int line(MemorySegment bytes, long at, int length) {
    int end = 0;
    int most = Math.min(length, LONGEST_LINE);
    while (end < most && bytes.get(Octets.OCTET, at + end) != '\n') {
      end++;
    }
    if (end == most) {
      return most == LONGEST_LINE ? MALFORMED : INCOMPLETE;
    }
    String line = new String(octets(bytes, at, end + 1), ISO_8859_1);
    return line.endsWith("\r\n") && words(line.substring(0, end - 1)) ? end + 1 : MALFORMED;
  }

  private boolean words(String line) {
    String[] words = line.split(" ", -1);
    if (words[1].equals("UNKNOWN")) {
      return true; // whatever follows is to be ignored
    }
    boolean four = words[1].equals("TCP4");
    if ((!four && !words[1].equals("TCP6")) || words.length != 6) {
      return false;
    }
    Address from = address(four, words[2], words[4]);
    Address to = address(four, words[3], words[5]);
    return from != null && to != null && tell(from, to);
  }

  private static @Nullable Address address(boolean four, String host, String port) {
    boolean formed =
        four
            ? host.matches("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}")
            : host.matches("[0-9A-Fa-f:.]{2,45}") && host.indexOf(':') >= 0;
    if (!formed || !port.matches("0|[1-9][0-9]{0,4}") || Integer.parseInt(port) > 0xFFFF) {
      return null;
    }
    try {
      InetAddress literal = InetAddress.ofLiteral(host);
      ByteBuffer raw = ByteBuffer.wrap(literal.getAddress());
      return literal instanceof Inet4Address
          ? mapped(raw.getInt(), Integer.parseInt(port))
          : new Address(raw.getLong(), raw.getLong(), Integer.parseInt(port));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Address mapped(int four, int port) {
    return new Address(0, MAPPED | (four & 0xFFFF_FFFFL), port);
  }

  // Version 2

  private int binary(MemorySegment bytes, long at, int length) {
    if (length < FIXED) {
      return INCOMPLETE;
    }
    int total = FIXED + octet(bytes, at + 14) * 256 + octet(bytes, at + 15);
    if (total > LONGEST) {
      return MALFORMED;
    }
    if (length < total) {
      return INCOMPLETE;
    }
    return sound(octets(bytes, at, total)) ? total : MALFORMED;
  }

  private boolean sound(byte[] header) {
    int command = header[12] & 0xFF;
    int family = header[13] & 0xFF;
    if (command == LOCAL) {
      return true; // the balancer's own, whatever else stands there
    }
    int addresses = addresses(family);
    if (command != PROXY || addresses < 0 || header.length < FIXED + addresses) {
      return false;
    }
    if (!extensions(header, FIXED + addresses)) {
      return false;
    }
    ByteBuffer raw = ByteBuffer.wrap(header, FIXED, addresses);
    return switch (family) {
      case TCP4 -> {
        int from = raw.getInt();
        int to = raw.getInt();
        yield tell(mapped(from, port(raw)), mapped(to, port(raw)));
      }
      case TCP6 -> {
        long[] four = {raw.getLong(), raw.getLong(), raw.getLong(), raw.getLong()};
        var from = new Address(four[0], four[1], port(raw));
        yield tell(from, new Address(four[2], four[3], port(raw)));
      }
      default -> true;
    };
  }

  /// Octets of the addresses of a family and transport; -1 if the protocol knows none such.
  private static int addresses(int family) {
    return switch (family) {
      case 0x00 -> 0;
      case TCP4, 0x12 -> IPV4_ADDRESSES;
      case TCP6, 0x22 -> IPV6_ADDRESSES;
      case 0x31, 0x32 -> UNIX_ADDRESSES;
      default -> -1;
    };
  }

  /// Whether the extensions (type, length, value) fill the rest exactly, and a checksum among them
  /// is right. What else they say is nothing to us.
  private static boolean extensions(byte[] header, int from) {
    int at = from;
    while (at < header.length) {
      if (header.length - at < 3) {
        return false;
      }
      int type = header[at] & 0xFF;
      int length = (header[at + 1] & 0xFF) * 256 + (header[at + 2] & 0xFF);
      at += 3;
      if (length > header.length - at || (type == CRC32C_TYPE && !checked(header, at, length))) {
        return false;
      }
      at += length;
    }
    return true;
  }

  private static boolean checked(byte[] header, int at, int length) {
    if (length != Integer.BYTES) {
      return false;
    }
    byte[] blank = header.clone();
    java.util.Arrays.fill(blank, at, at + length, (byte) 0);
    var sum = new CRC32C();
    sum.update(blank);
    return (int) sum.getValue() == ByteBuffer.wrap(header).getInt(at);
  }

  private boolean tell(Address from, Address to) {
    source = from;
    destination = to;
    tells = true;
    return true;
  }

  private static int port(ByteBuffer raw) {
    return raw.getShort() & 0xFFFF;
  }

  private static int octet(MemorySegment bytes, long at) {
    return bytes.get(Octets.OCTET, at) & 0xFF;
  }

  private static byte[] octets(MemorySegment bytes, long at, int length) {
    return bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
  }
}
