package net.khttpd.handover;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import net.khttpd.client.Client;
import net.khttpd.http.ProxyHeader;
import net.khttpd.kernel.SocketAddress;

/// What an offer begins with; docs/passing-on.md describes it for receivers.
///
/// Layout, numbers in network order: magic `kHTP` at 0, version 1 at 4, flags at 5, length of the
/// header (48) in two bytes at 6, number of the bytes behind it in four at 8, port of the peer at
/// 12, of us at 14, address of the peer at 16, of us at 32, both in 16 bytes, IPv4 mapped (RFC 4291
/// §2.5.5.2).
final class OfferHeader {
  static final int BYTES = 48;

  /// The request lies unread in the socket.
  static final int UNREAD = 1;

  private static final int MAGIC = 0x6b485450;
  private static final int VERSION = 1;
  private static final ValueLayout.OfShort SHORT =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private OfferHeader() {}

  /// Writes it to the first bytes of `out`.
  ///
  /// @param client whose address is known
  /// @param local its other end, unless a balancer has told what the client connected to
  /// @param length of what follows
  static void write(MemorySegment out, int flags, Client client, SocketAddress local, int length) {
    out.set(INT, 0, MAGIC);
    out.set(JAVA_BYTE, 4, (byte) VERSION);
    out.set(JAVA_BYTE, 5, (byte) flags);
    out.set(SHORT, 6, (short) BYTES);
    out.set(INT, 8, length);
    out.set(SHORT, 12, (short) client.port());
    out.set(LONG, 16, client.addressHigh());
    out.set(LONG, 24, client.addressLow());
    ProxyHeader.Address told = client.destination;
    if (told == null) {
      out.set(SHORT, 14, (short) local.port());
      local.writeMapped(out, 32);
    } else {
      out.set(SHORT, 14, (short) told.port());
      out.set(LONG, 32, told.high());
      out.set(LONG, 40, told.low());
    }
  }
}
