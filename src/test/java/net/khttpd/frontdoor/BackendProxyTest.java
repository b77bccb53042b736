package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import net.khttpd.frontdoor.harness.AfterEngine;
import net.khttpd.frontdoor.harness.BackendConnection;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Received;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A backend that is told whose connection it has, by the PROXY protocol.
final class BackendProxyTest extends FrontDoor {
  private static final int BINARY = 28;
  private RecordingBackend backend;

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
    backend = RecordingBackend.ok();
  }

  @AfterEngine
  void stopBackend() throws Exception {
    backend.close();
  }

  @BeforeEach
  void forget() {
    backend.forget();
  }

  private static String line(RawClient client, FrontServer server) {
    return "PROXY TCP4 127.0.0.1 127.0.0.1 " + client.localPort() + " " + server.port();
  }

  @Test
  void aConnectionBeginsWithTheLineOfVersion1AndCarriesOneRequest() throws Exception {
    FrontServer server = before(backend, "backend_proxy=v1");
    Set<Integer> connections = new HashSet<>();
    RawClient one = connect(server);
    RawClient other = connect(server);
    for (int i = 0; i < 3; i++) {
      for (RawClient client : new RawClient[] {one, other}) {
        assertEquals("backend", client.send(Wire.get("/app.cgi?" + i)).read().text());
        Received received = backend.take();
        assertTrue(
            received
                .head()
                .startsWith(line(client, server) + "\r\nGET /app.cgi?" + i + " HTTP/1.1\r\n"),
            received.head());
        assertTrue(connections.add(received.connection()), "the connection served another");
        assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
      }
    }
  }

  @Test
  void aBodyFollowsAsEver() throws Exception {
    RawClient client = connect(before(backend, "backend_proxy=v1"));
    client.send("POST /a HTTP/1.1\r\nHost: f\r\nContent-Length: 100000\r\n\r\n");
    client.send("x".repeat(100_000));
    assertEquals("backend", client.read().text());
    assertEquals(100_000, backend.take().body().length);
    client.send("POST /a HTTP/1.1\r\nHost: f\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("5\r\nhello\r\n0\r\n\r\n");
    assertEquals("backend", client.read().text());
    assertEquals("hello", backend.take().text());
  }

  private static void binary(BackendConnection c) throws java.io.IOException {
    byte[] header = c.exactly(BINARY);
    Received received = c.read();
    if (received != null) {
      String shown = Wire.shown(header);
      c.send("HTTP/1.1 200 OK\r\nContent-Length: " + shown.length() + "\r\n\r\n" + shown);
      c.awaitEnd();
    }
  }

  @Test
  void aConnectionBeginsWithTheHeaderOfVersion2() throws Exception {
    RecordingBackend reading = backend(BackendProxyTest::binary);
    FrontServer server = before(reading, "backend_proxy=v2");
    RawClient client = connect(server);
    for (int i = 0; i < 3; i++) {
      byte[] ports = {
        (byte) (client.localPort() >> 8),
        (byte) client.localPort(),
        (byte) (server.port() >> 8),
        (byte) server.port()
      };
      String expected =
          Wire.shown(Wire.bytes("\r\n\r\n\0\r\nQUIT\n!\u0011\0\u000c\u007f\0\0\1\u007f\0\0\1"))
              + Wire.shown(ports);
      assertEquals(expected, client.send(Wire.get("/app.cgi")).read().text());
    }
    assertEquals(3, reading.accepted());
  }

  @Test
  void whatABalancerToldUsIsPassedOn() throws Exception {
    FrontServer server = before(backend, "backend_proxy=v1", "accept_proxy=required");
    for (String line :
        new String[] {
          "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n",
          "PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n"
        }) {
      RawClient client = connect(server).send(line + Wire.get("/app.cgi"));
      assertEquals("backend", client.read().text());
      assertEquals(line.strip(), backend.take().requestLine());
    }
  }

  /// What was opened for any client is not used for one whose name must come first, nor the other
  /// way round.
  @Test
  void aChangeTakesNoConnectionOfBefore() throws Exception {
    FrontServer server = before(backend, "backend_idle=60");
    RawClient client = connect(server);
    client.send(Wire.get("/app.cgi")).read();
    int plain = backend.take().connection();
    server.write("backend_proxy=v1");
    client.send(Wire.get("/app.cgi")).read();
    Received announced = backend.take();
    assertNotEquals(plain, announced.connection());
    assertTrue(announced.head().startsWith("PROXY TCP4 "), announced.head());
    server.write("backend_proxy=off");
    client.send(Wire.get("/app.cgi")).read();
    Received after = backend.take();
    assertNotEquals(announced.connection(), after.connection());
    assertTrue(after.head().startsWith("GET "), after.head());
  }

  /// The only place is held by a connection that does not fit: it makes room.
  @Test
  void anIdleConnectionOfBeforeMakesRoom() throws Exception {
    FrontServer server = before(backend, "backend_idle=61", "backend_maxconn=1");
    RawClient client = connect(server);
    client.send(Wire.get("/app.cgi")).read();
    backend.take();
    server.write("backend_proxy=v1");
    for (int i = 0; i < 3; i++) {
      assertEquals("backend", client.send(Wire.get("/app.cgi")).read().text());
      assertTrue(backend.take().head().startsWith("PROXY TCP4 "));
    }
  }
}
