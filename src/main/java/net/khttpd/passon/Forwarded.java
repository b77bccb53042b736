package net.khttpd.passon;

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
  private static final byte[] UNKNOWN = ascii("unknown");
  private static final byte[] FOR_UNKNOWN = ascii("for=unknown");
  private static final byte[] FOR = ascii("for=");
  private static final byte[] FOR_IPV6 = ascii("for=\"[");
  private static final byte[] IPV6_END = ascii("]\"");
  private static final byte[] HOST = ascii(";host=\"");
  private static final byte[] HOST_END = ascii("\"");
  private static final byte[] PROTO = ascii(";proto=http\r\n");
  private static final byte[] COMMA = ascii(", ");
  private static final ValueLayout.OfLong NETWORK_LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final Sockets sockets;
  private final SocketAddress peer = new SocketAddress();
  private final MemorySegment scratch = Memory.allocate(16);
  private List<AddressRange> trust;

  Forwarded(Sockets sockets, List<AddressRange> trust) {
    this.sockets = sockets;
    this.trust = trust;
  }

  /// Trusts these from now on.
  void trust(List<AddressRange> ranges) {
    trust = ranges;
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
    if (AddressText.isUnspecified(scratch)) {
      out.put(UNKNOWN);
    } else {
      AddressText.write(scratch, out);
    }
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
    if (trusted && ForwardedSyntax.isSound(head)) {
      earlier(head, FieldName.FORWARDED, out);
    }
    element(head, authority, out);
  }

  void free() {
    peer.free();
    Memory.free(scratch);
  }

  private void element(RequestHead head, boolean authority, Output out) {
    if (AddressText.isUnspecified(scratch)) {
      out.put(FOR_UNKNOWN);
    } else if (AddressText.isIpv4(scratch)) {
      out.put(FOR);
      AddressText.write(scratch, out);
    } else {
      out.put(FOR_IPV6);
      AddressText.write(scratch, out);
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
}
