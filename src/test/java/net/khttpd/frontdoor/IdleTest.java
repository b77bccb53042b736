package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
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
    var cpu = ProcessHandle.current().info().totalCpuDuration();
    assertTrue(clients.get(1).silentFor(1_000));
    var spent =
        ProcessHandle.current().info().totalCpuDuration().orElseThrow().minus(cpu.orElseThrow());
    assertTrue(spent.toMillis() < 300, spent + " of the processor in one second");
    assertEquals("alpha", clients.get(2).read().text());
  }
}
