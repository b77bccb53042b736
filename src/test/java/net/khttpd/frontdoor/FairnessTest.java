package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// One connection does not keep the loop from others. Measured in what the greedy one has got
/// meanwhile, not in time: that holds on a slow machine, too.
final class FairnessTest extends FrontDoor {
  private static final int GREEDY = 3;
  private static final int PIECE = 65_536;
  private static final int BODY = 40_000;
  private static final int REQUESTS = 20_000;
  private static final int PROBES = 41;
  private static final long MEANWHILE = 6_000_000;

  @BeforeEngine
  void files() throws Exception {
    site.file("body.txt", "m".repeat(BODY)).file("a.txt", "alpha");
  }

  @Test
  void readersAsFastAsWeAreAndTheirPipelinesLetOthersIn() throws Exception {
    var server = server();
    var other = connect(server);
    var got = new AtomicLong();
    for (int i = 0; i < GREEDY; i++) {
      var greedy = connect(server);
      byte[] requests = Wire.bytes(Wire.get("/body.txt").repeat(REQUESTS));
      Thread.ofPlatform().daemon().start(() -> greedy.sendIfItListens(requests));
      Thread.ofPlatform().daemon().start(() -> read(greedy, got));
    }
    long[] meanwhile = new long[PROBES];
    while (got.get() < 5_000_000) {
      Thread.onSpinWait();
    }
    for (int i = 0; i < PROBES; i++) {
      long before = got.get();
      assertEquals("alpha", other.send(Wire.get("/a.txt")).read().text());
      meanwhile[i] = got.get() - before;
    }
    assertTrue(got.get() < (long) BODY * REQUESTS * GREEDY, "the greedy ended too soon");
    Arrays.sort(meanwhile);
    long median = meanwhile[PROBES / 2];
    assertTrue(median < MEANWHILE, median + " bytes went to them before another was answered");
  }

  private static void read(RawClient client, AtomicLong got) {
    try {
      while (client.skip(PIECE) == PIECE) {
        got.addAndGet(PIECE);
      }
    } catch (IOException closedAfterTheTest) {
      return;
    }
  }
}
