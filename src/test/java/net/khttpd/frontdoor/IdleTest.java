package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// Whoever does nothing costs nothing.
final class IdleTest extends FrontDoor {
  private static final int CONNECTIONS = 200;

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
  }

  @Test
  void manyIdleConnectionsTakeNoTimeOfTheProcessor() throws Exception {
    FrontServer server = server();
    var clients = new ArrayList<RawClient>();
    for (int i = 0; i < CONNECTIONS; i++) {
      clients.add(connect(server).send(i % 2 == 0 ? Wire.get("/a.txt") : "GET /a"));
    }
    assertEquals("alpha", clients.getFirst().read().text());
    assertQuiet(clients.get(1));
    assertEquals("alpha", clients.get(2).read().text());
  }

  @Test
  void clientsThatEndedTheirSideAndWaitForABackendTakeNoTimeEither() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.stall();
        });
    FrontServer server = before(backend);
    RawClient client = connect(server);
    for (int i = 0; i < 20; i++) {
      connect(server).send(Wire.get("/app.cgi")).endOutput();
      backend.take();
    }
    assertQuiet(client);
  }

  /// Quiet in one of some seconds: a loop that spins never is, a compiler at work is soon done.
  private static void assertQuiet(RawClient silent) throws Exception {
    long spent = Long.MAX_VALUE;
    for (int i = 0; i < 5 && spent >= 300; i++) {
      var before = ProcessHandle.current().info().totalCpuDuration().orElseThrow();
      assertTrue(silent.silentFor(1_000));
      var now = ProcessHandle.current().info().totalCpuDuration().orElseThrow();
      spent = now.minus(before).toMillis();
    }
    assertTrue(spent < 300, spent + " ms of the processor in one second");
  }
}
