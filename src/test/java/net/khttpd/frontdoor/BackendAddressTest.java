package net.khttpd.frontdoor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// Backends are found wherever they listen, not on the wildcard address only (N16 of the original's
/// faults).
final class BackendAddressTest extends FrontDoor {
  private ServerSocketChannel listen(StandardProtocolFamily family, SocketAddress address)
      throws IOException {
    ServerSocketChannel listener = own(ServerSocketChannel.open(family));
    listener.bind(address);
    Thread.ofVirtual().start(() -> answerAll(listener));
    return listener;
  }

  private static void answerAll(ServerSocketChannel listener) {
    while (listener.isOpen()) {
      try (SocketChannel connection = listener.accept()) {
        var text = new StringBuilder();
        var buffer = ByteBuffer.allocate(4096);
        while (text.indexOf("\r\n\r\n") < 0 && connection.read(buffer.clear()) > 0) {
          text.append(ISO_8859_1.decode(buffer.flip()));
        }
        connection.write(ByteBuffer.wrap(Wire.bytes(RecordingBackend.OK)));
      } catch (IOException closed) {
        return;
      }
    }
  }

  @Test
  void aUnixSocketIsABackend() throws Exception {
    var path = site.outside().resolve("backend.sock");
    listen(StandardProtocolFamily.UNIX, UnixDomainSocketAddress.of(path));
    var client = connect(server("backend=unix:" + path));
    for (int i = 0; i < 3; i++) {
      assertEquals("backend", client.send(Wire.get("/app.cgi")).read().text());
    }
  }

  @Test
  void anIpv6AddressIsABackend() throws Exception {
    var listener = listen(StandardProtocolFamily.INET6, new InetSocketAddress("::1", 0));
    int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
    var client = connect(server("backend=[::1]:" + port));
    assertEquals("backend", client.send(Wire.get("/app.cgi")).read().text());
  }

  @Test
  void clientportIsABackendOnTheLoopbackAddress() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    var client = connect(server("clientport=" + backend.port()));
    assertEquals("backend", client.send(Wire.get("/app.cgi")).read().text());
  }
}
