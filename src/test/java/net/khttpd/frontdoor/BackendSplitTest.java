package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A backend's response in two pieces, split at every byte: the client's answer is always the same.
final class BackendSplitTest extends FrontDoor {
  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
  }

  static List<String> responses() {
    return List.of(
        "HTTP/1.1 200 OK\r\nX-One: 1\r\nContent-Length: 10\r\n\r\n0123456789",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\n012\r\n7\r\n3456789\r\n0\r\nT: 1\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789",
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 10\r\n\r\n0123456789");
  }

  @ParameterizedTest
  @MethodSource("responses")
  void everySplitGivesTheSameAnswer(String response) throws Exception {
    byte[] bytes = Wire.bytes(response);
    var at = new AtomicInteger();
    var port = new AtomicInteger();
    RecordingBackend backend =
        backend(c -> {
          try (RawClient probe = new RawClient(port.get())) {
            while (c.read() != null) {
              int split = at.get();
              c.send(java.util.Arrays.copyOf(bytes, split));
              // One loop: once it has answered this, it has read the first piece.
              assertEquals(200, probe.send(Wire.get("/a.txt")).read().status());
              c.send(java.util.Arrays.copyOfRange(bytes, split, bytes.length));
            }
          }
        });
    FrontServer server = before(backend);
    port.set(server.port());
    RawClient client = connect(server);
    for (int split = 1; split < bytes.length; split++) {
      at.set(split);
      client.send(Wire.get("/app.cgi"));
      if (response.contains(" 103 ")) {
        assertTrue(client.head().startsWith("HTTP/1.1 103 "), "split at " + split);
      }
      assertEquals("0123456789", client.read().text(), "split at " + split);
    }
    assertEquals(1, backend.accepted());
  }
}
