package net.khttpd.passon;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static net.khttpd.passon.Output.ascii;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import net.khttpd.client.Client;
import net.khttpd.http.FieldName;
import net.khttpd.http.RequestHead;
import net.khttpd.kernel.Memory;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.kernel.Sockets;
import net.khttpd.settings.AddressRange;

/// Tells the backend who asked: X-Forwarded-For, -Proto, -Host and Forwarded (RFC 7239). What the
/// client says of that is believed, and added to, only if it is trusted.
///
/// One for each loop; its thread only.
final class Forwarded {
  private static final byte[] X_FOR = ascii("X-Forwarded-For: ");
  private static final byte[] X_PROTO = ascii("X-Forwarded-Proto: http\r\n");
  private static final byte[] X_HOST = ascii("X-Forwarded-Host: ");
  private static final byte[] FORWARDED = ascii("Forwarded: ");
  private static final byte[] FOR = ascii("for=");
  private static final byte[] FOR_IPV6 = ascii("for=\"[");
  private static final byte[] IPV6_END = ascii("]\"");
  private static final byte[] HOST = ascii(";host=\"");
  private static final byte[] HOST_END = ascii("\"");
  private static final byte[] PROTO = ascii(";proto=http\r\n");
  private static final byte[] COMMA = ascii(", ");
  private static final int GROUPS = 8;
  private static final ValueLayout.OfLong NETWORK_LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final Sockets sockets;
  private final SocketAddress peer = new SocketAddress();
  private final MemorySegment scratch = Memory.allocate(16);
  private final List<AddressRange> trust;

  Forwarded(Sockets sockets, List<AddressRange> trust) {
    this.sockets = sockets;
    this.trust = trust;
  }

  /// Whether the client's own word about addresses is believed; finds its address out if need be.
  boolean trusts(Client client) {
    if (!client.peerKnown()) {
      sockets.peerAddress(client.descriptor(), peer);
      client.peer(peer, scratch);
    }
    scratch.set(NETWORK_LONG, 0, client.addressHigh());
    scratch.set(NETWORK_LONG, 8, client.addressLow());
    for (int i = 0; i < trust.size(); i++) {
      if (trust.get(i).contains(client.addressHigh(), client.addressLow())) {
        return true;
      }
    }
    return false;
  }

  /// Writes the four fields for the client that [#trusts] was asked about last.
  void write(RequestHead head, boolean trusted, Output out) {
    out.put(X_FOR);
    if (trusted) {
      earlier(head, FieldName.X_FORWARDED_FOR, out);
    }
    address(out);
    out.line();
    if (!trusted || !head.fields().has(FieldName.X_FORWARDED_PROTO)) {
      out.put(X_PROTO);
    }
    boolean authority = head.authorityEnd() > head.authorityStart();
    if (authority && (!trusted || !head.fields().has(FieldName.X_FORWARDED_HOST))) {
      out.put(X_HOST);
      authority(head, out);
      out.line();
    }
    out.put(FORWARDED);
    if (trusted) {
      earlier(head, FieldName.FORWARDED, out);
    }
    element(head, authority, out);
  }

  void free() {
    peer.free();
    Memory.free(scratch);
  }

  private void element(RequestHead head, boolean authority, Output out) {
    if (isIpv4()) {
      out.put(FOR);
      address(out);
    } else {
      out.put(FOR_IPV6);
      address(out);
      out.put(IPV6_END);
    }
    if (authority) {
      out.put(HOST);
      authority(head, out);
      out.put(HOST_END);
    }
    out.put(PROTO);
  }

  private static void authority(RequestHead head, Output out) {
    out.put(
        head.bytes(),
        head.base() + head.authorityStart(),
        head.authorityEnd() - head.authorityStart());
  }

  /// All lines of the field as one list (RFC 9110 §5.3), a comma behind each.
  private static void earlier(RequestHead head, FieldName name, Output out) {
    var fields = head.fields();
    for (int i = 0; i < fields.count(); i++) {
      if (fields.name(i) == name && fields.valueEnd(i) > fields.valueStart(i)) {
        out.put(
            head.bytes(),
            head.base() + fields.valueStart(i),
            fields.valueEnd(i) - fields.valueStart(i));
        out.put(COMMA);
      }
    }
  }

  private boolean isIpv4() {
    return scratch.get(JAVA_LONG_UNALIGNED, 0) == 0
        && scratch.get(JAVA_LONG_UNALIGNED, 8) << 32 == 0xFFFF_0000L << 32;
  }

  private void address(Output out) {
    if (isIpv4()) {
      for (int i = 12; i < 16; i++) {
        if (i > 12) {
          out.put('.');
        }
        out.decimal(scratch.get(JAVA_BYTE, i) & 0xFF);
      }
    } else {
      ipv6(out);
    }
  }

  /// RFC 5952: the first of the longest runs of two or more zero groups is left out.
  private void ipv6(Output out) {
    int runStart = -1;
    int runLength = 1;
    for (int i = 0; i < GROUPS; i++) {
      int length = zeros(i);
      if (length > runLength) {
        runStart = i;
        runLength = length;
      }
    }
    for (int i = 0; i < GROUPS; ) {
      if (i == runStart) {
        out.put(':');
        i += runLength;
        if (i == GROUPS) {
          out.put(':');
        }
      } else {
        if (i > 0) {
          out.put(':');
        }
        out.hex(group(i));
        i++;
      }
    }
  }

  private int zeros(int from) {
    int i = from;
    while (i < GROUPS && group(i) == 0) {
      i++;
    }
    return i - from;
  }

  private int group(int i) {
    int high = scratch.get(JAVA_BYTE, 2L * i) & 0xFF;
    return (high << 8) | (scratch.get(JAVA_BYTE, 2L * i + 1) & 0xFF);
  }
}
