package net.khttpd.endurance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.khttpd.client.Counter;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.Footprint;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Site;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Stop and start again and again under full load (L1 of the original's faults): 20 cycles, or
/// 1,000.
final class StopStartTest {
  private static final int CLIENTS = 16;

  /// Requests served in each cycle before it is stopped.
  private static final int SERVED = 200;

  private static final long DEADLINE_NANOS = 20_000_000_000L;

  @ParameterizedTest
  @EnumSource
  void noRequestOfAConnectionFromBeforeTheStopFails(Engine engine) throws Exception {
    int cycles = Length.of(20, 1_000);
    try (var site = new Site()) {
      site.file("small.txt", "alpha").file("large.txt", new byte[Load.LARGE]);
      try (FrontServer server =
          FrontServer.start(engine, site.root(), List.of("threads=2", "drain=10"))) {
        cycle(server, null);
        try (var client = new RawClient(server.port())) {
          client.send(Wire.get("/large.txt")).read(); // its descriptor stays open
        }
        Footprint running = Footprint.whenWatching();
        long maps = Footprint.mappings();
        var load = new Load(server.port(), CLIENTS);
        for (int i = 0; i < cycles; i++) {
          cycle(server, load);
        }
        load.end();
        assertEquals(List.of(), load.failed());
        running.awaitAtMost();
        long grown = Footprint.mappings() - maps;
        assertTrue(grown < 40 + cycles / 10, grown + " more mappings");
        assertTrue(!server.events().contains("time is up"), server::events);
        Length.proof(
            "%s: %d stops and starts under load, %d requests, none failed, %d mappings more"
                .formatted(engine.setting(), cycles, load.answered(), grown));
      }
    }
  }

  private static void cycle(FrontServer server, Load load) throws Exception {
    if (load != null) {
      long end = System.nanoTime() + DEADLINE_NANOS;
      long wanted = server.count(Counter.SERVED) + SERVED; // a start does not begin at zero
      while (server.count(Counter.SERVED) < wanted) {
        assertTrue(System.nanoTime() < end, () -> "no load: " + load.failed());
        Thread.onSpinWait();
      }
      load.stopping();
    }
    server.write("stop=1");
    server.write("start=1");
    if (load != null) {
      load.started();
    }
  }
}
