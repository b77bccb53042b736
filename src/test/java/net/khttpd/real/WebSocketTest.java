package net.khttpd.real;

import static net.khttpd.frontdoor.harness.Wire.get;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.real.WebSocketClient.Frame;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// WebSockets of Tomcat and of Jetty through us: messages of each kind and size, control frames
/// among them, and a close from either side.
final class WebSocketTest extends RealWorld {
  private static final int MEBIBYTE = 1 << 20;

  private final Map<String, Integer> ports = new HashMap<>();

  @Override
  void start() throws Exception {
    front("tomcat", own(new TomcatServer(site.outside())));
    front("jetty", own(new JettyServer()));
  }

  private void front(String name, Application application) {
    String backend = "clientport=" + application.port();
    var us = own(FrontServer.start(engine, site.root(), List.of(backend)));
    ports.put(name, us.port());
  }

  private WebSocketClient open(String server) throws Exception {
    return new WebSocketClient(ports.get(server), "/echo");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tomcat", "jetty"})
  void messagesOfEachKindComeBack(String server) throws Exception {
    try (var client = open(server)) {
      for (int i = 0; i < 100; i++) {
        assertEquals("caf\u00e9 " + i, client.text("caf\u00e9 " + i).frame().text());
      }
      byte[] octets = random(3_000);
      client.send(WebSocketClient.BINARY, true, octets);
      assertArrayEquals(octets, client.message());
      client.send(WebSocketClient.TEXT, true, new byte[0]);
      assertEquals(0, client.message().length);
      client.leave(1_000);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tomcat", "jetty"})
  void aMessageInPiecesWithAPingAmongThemComesBackWhole(String server) throws Exception {
    try (var client = open(server)) {
      client.send(WebSocketClient.TEXT, false, bytes("one "));
      client.send(WebSocketClient.PING, true, bytes("are you there?"));
      client.send(WebSocketClient.CONTINUATION, false, bytes("two "));
      client.send(WebSocketClient.CONTINUATION, true, bytes("three"));
      assertEquals("one two three", new String(client.message(), StandardCharsets.UTF_8));
      assertEquals(List.of("are you there?"), client.pongs);
      client.leave(1_001);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tomcat", "jetty"})
  void messagesOfAMebibyteComeBack(String server) throws Exception {
    byte[] octets = random(MEBIBYTE);
    String text = "0123456789abcdef".repeat(MEBIBYTE / 16);
    try (var client = open(server)) {
      for (int i = 0; i < 3; i++) {
        client.send(WebSocketClient.BINARY, true, octets);
        assertArrayEquals(octets, client.message());
        client.text(text);
        assertEquals(text, new String(client.message(), StandardCharsets.UTF_8));
      }
      client.leave(1_000);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tomcat", "jetty"})
  void theServersCloseArrives(String server) throws Exception {
    try (var client = open(server)) {
      client.text(Application.BYE);
      Frame close = client.frame();
      assertEquals(WebSocketClient.CLOSE, close.opcode());
      assertEquals(Application.BYE_CODE, close.code());
      client.send(
          WebSocketClient.CLOSE, true, ByteBuffer.allocate(2).putShort((short) 4_001).array());
    }
  }

  /// The handshake is the application's to refuse: its answer is an ordinary one.
  @ParameterizedTest
  @ValueSource(strings = {"tomcat", "jetty"})
  void aHandshakeThatTheServerRefusesIsAnswered(String server) throws Exception {
    String bad = get("/echo", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x");
    int status = ask(ports.get(server), bad).status();
    assertTrue(status >= 400 && status < 500, () -> server + " answered " + status);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
