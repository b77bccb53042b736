package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import net.khttpd.client.Counter;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// Tunnels where they meet the rest of passing on: a spliced request, a backend that takes no more,
/// the choice of backends.
final class TunnelSeamsTest extends FrontDoor {
  private static final String SWITCHED = UpgradeTest.SWITCHED;

  private void await(FrontServer server, Counter counter, long value) throws Exception {
    new LiveServer(this, server, site).await(() -> server.count(counter) == value);
  }

  @Test
  void aTunnelBehindASplicedRequestIsNoPartOfIt() throws Exception {
    byte[] body = new byte[300_000];
    byte[] said = new byte[2_000_000];
    new Random(1).nextBytes(body);
    new Random(2).nextBytes(said);
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send(SWITCHED);
          for (byte[] some = c.exactly(1000); ; some = c.exactly(1000)) {
            c.send(some);
          }
        });
    RawClient client =
        connect(before(backend))
            .send(
                "POST /chat HTTP/1.1\r\nHost: f\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Content-Length: 300000\r\n\r\n");
    client.send(body, 0, 100_000).send(body, 100_000, body.length);
    assertEquals(SWITCHED, client.head());
    assertArrayEquals(body, backend.take().body());
    CompletableFuture<?> sends =
        CompletableFuture.runAsync(
            () -> client.sendIfItListens(said), task -> Thread.ofPlatform().start(task));
    assertArrayEquals(said, client.exactly(said.length));
    sends.join();
  }

  @Test
  void aBackendThatTakesNoMoreAndThenEndsEndsTheTunnel() throws Exception {
    Path path = site.outside().resolve("tunnel");
    try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path));
      FrontServer server =
          own(FrontServer.start(engine, site.root(), List.of("backend=unix:" + path)));
      RawClient client = connect(server).send(UpgradeTest.WEB_SOCKET);
      try (SocketChannel backend = listener.accept()) {
        var head = ByteBuffer.allocate(4096);
        while (!new String(head.array(), 0, head.position()).contains("\r\n\r\n")) {
          backend.read(head);
        }
        backend.shutdownInput();
        backend.write(ByteBuffer.wrap(Wire.bytes(SWITCHED)));
        assertEquals(SWITCHED, client.head());
        client.send("into the void");
        await(server, Counter.BYTES_IN, UpgradeTest.WEB_SOCKET.length() + 13);
        backend.write(ByteBuffer.wrap(Wire.bytes("the last word")));
      }
      assertEquals("the last word", Wire.text(client.toEnd()));
      client.close();
      await(server, Counter.TUNNELS_NOW, 0);
    }
  }

  @Test
  void aTunnelCountsAmongTheFewestConnections() throws Exception {
    RecordingBackend first = backend(switching("b0"));
    RecordingBackend second = backend(switching("b1"));
    FrontServer server =
        own(
            FrontServer.start(
                engine,
                site.root(),
                List.of(
                    "backend=" + first.setting(),
                    "backend=" + second.setting(),
                    "balance=least-connections",
                    "backend_weight=" + first.setting() + " 4")));
    Map<String, Integer> turns = new HashMap<>();
    for (int i = 0; i < 10; i++) {
      RawClient client = connect(server).send(UpgradeTest.WEB_SOCKET);
      assertEquals(SWITCHED, client.head());
      turns.merge(Wire.text(client.exactly(2)), 1, Integer::sum);
    }
    assertEquals(Map.of("b0", 8, "b1", 2), turns);
  }

  private static RecordingBackend.Script switching(String name) {
    return c -> {
      c.read();
      c.send(SWITCHED + name);
      c.awaitEnd();
    };
  }
}
