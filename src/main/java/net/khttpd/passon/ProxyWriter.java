package net.khttpd.passon;

import static net.khttpd.passon.Output.ascii;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import net.khttpd.client.Client;
import net.khttpd.http.ProxyHeader;
import net.khttpd.kernel.Memory;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.kernel.Sockets;
import net.khttpd.settings.BackendProxy;

/// Writes the header of the PROXY protocol with which a connection to a backend begins
/// (`backend_proxy`): whose request it carries, and where that client had connected to. If a
/// balancer has told us, that is what we pass on.
///
/// One for each loop; its thread only.
final class ProxyWriter {
  private static final byte[] TCP4 = ascii("PROXY TCP4 ");
  private static final byte[] TCP6 = ascii("PROXY TCP6 ");
  private static final byte[] SIGNATURE = ascii("\r\n\r\n\0\r\nQUIT\n");
  private static final int PROXY = 0x21;
  private static final ValueLayout.OfLong NETWORK_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final Sockets sockets;
  private final SocketAddress local = new SocketAddress();
  private final MemorySegment source = Memory.allocate(16);
  private final MemorySegment destination = Memory.allocate(16);
  private int destinationPort;

  ProxyWriter(Sockets sockets) {
    this.sockets = sockets;
  }

  /// Appends the header for a client whose address is known ([Forwarded#trusts] asks for it);
  /// nothing if it is off.
  void write(BackendProxy version, Client client, Output out) {
    if (version == BackendProxy.OFF) {
      return;
    }
    find(client);
    boolean four = AddressText.isIpv4(source);
    boolean known = !AddressText.isUnspecified(source) && four == AddressText.isIpv4(destination);
    if (!known) {
      out.put(ascii(version.nobodys())); // the client is gone
    } else if (version == BackendProxy.V1) {
      line(four, client.port(), out);
    } else {
      binary(four, client.port(), out);
    }
  }

  private void find(Client client) {
    source.set(NETWORK_LONG, 0, client.addressHigh());
    source.set(NETWORK_LONG, 8, client.addressLow());
    ProxyHeader.Address told = client.destination;
    if (told == null) {
      sockets.localAddress(client.descriptor(), local);
      local.writeMapped(destination, 0);
      destinationPort = local.port();
    } else {
      destination.set(NETWORK_LONG, 0, told.high());
      destination.set(NETWORK_LONG, 8, told.low());
      destinationPort = told.port();
    }
  }

  private void line(boolean four, int port, Output out) {
    out.put(four ? TCP4 : TCP6);
    AddressText.write(source, out);
    out.put(' ');
    AddressText.write(destination, out);
    out.put(' ');
    out.decimal(port);
    out.put(' ');
    out.decimal(destinationPort);
    out.line();
  }

  private void binary(boolean four, int port, Output out) {
    out.put(SIGNATURE);
    out.put(PROXY);
    int from = four ? 12 : 0;
    out.put(four ? 0x11 : 0x21);
    out.put(0);
    out.put(four ? 12 : 36);
    out.put(source, from, 16 - from);
    out.put(destination, from, 16 - from);
    out.put(port >>> 8);
    out.put(port);
    out.put(destinationPort >>> 8);
    out.put(destinationPort);
  }

  void free() {
    local.free();
    Memory.free(source);
    Memory.free(destination);
  }
}
