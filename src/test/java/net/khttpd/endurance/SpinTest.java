package net.khttpd.endurance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Site;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Peers in states that make careless loops turn for nothing (a socket that is for ever readable,
/// writable or in error): the server is served by sleep.
final class SpinTest {
  private static final int CLIENTS = 100;
  private static final int QUIET_MILLIS = 1_500;

  @ParameterizedTest
  @EnumSource
  void anEndThenAResetWhileWeWriteLeavesTheServerAsleep(Engine engine) throws Exception {
    try (var site = new Site();
        Child child = child(engine, site)) {
      long descriptors = warm(child);
      long threads = child.threads();
      var stubborn = new ArrayList<RawClient>();
      for (int i = 0; i < CLIENTS; i++) {
        String asked = i % 2 == 0 ? Wire.get("/large") : Wire.get("/medium").repeat(300);
        var client = new RawClient(child.port(), 4_096).send(asked).endOutput();
        client.exactly(100); // the answer is under way
        stubborn.add(client);
      }
      assertAsleep(child, stubborn.getFirst().localPort() + " and others have ended their side");
      long more = child.threads() - threads;
      assertTrue(more < 10, more + " threads of the kernel wait for half-closed peers");
      for (RawClient client : stubborn) {
        client.reset();
      }
      child.awaitDescriptors(descriptors);
      assertAsleep(child, "all have reset");
      child.assertNoFault();
    }
  }

  @ParameterizedTest
  @EnumSource
  void halfHeadsAndHalfClosedPeersLeaveTheServerAsleep(Engine engine) throws Exception {
    try (var site = new Site();
        Child child = child(engine, site)) {
      long descriptors = warm(child);
      var clients = new ArrayList<RawClient>();
      for (int i = 0; i < CLIENTS; i++) {
        var client = new RawClient(child.port(), 4_096);
        clients.add(client);
        switch (i % 4) {
          case 0 -> client.send("GET /small HTT");
          case 1 -> client.send(Wire.get("/large"));
          case 2 -> client.send(Wire.get("/large") + Wire.get("/small").repeat(2_000));
          default -> client.send("BAD\r\n\r\n" + "x".repeat(1_000)); // lingers until we close
        }
      }
      clients.get(1).exactly(100);
      assertAsleep(child, "slow clients of four kinds");
      for (RawClient client : clients) {
        client.close();
      }
      child.awaitDescriptors(descriptors);
      child.assertNoFault();
    }
  }

  private static Child child(Engine engine, Site site) throws Exception {
    site.file("large", new byte[3_000_000]).file("medium", new byte[15_000]);
    site.file("small", "alpha");
    return Child.start(
        List.of(), site.root(), "engine=" + engine.setting(), "threads=1", "sloppymime=1");
  }

  /// Descriptors when both files are in the cache and nobody is connected.
  private static long warm(Child child) throws Exception {
    try (var client = new RawClient(child.port())) {
      assertEquals(200, client.send(Wire.get("/small")).read().status());
      assertEquals(200, client.send(Wire.get("/large")).read().status());
      assertEquals(200, client.send(Wire.get("/medium")).read().status());
      return child.descriptors();
    }
  }

  private static void assertAsleep(Child child, String when) throws Exception {
    try (var still = new RawClient(child.port())) {
      assertEquals(200, still.send(Wire.get("/small")).read().status());
      long before = child.loopMillis();
      assertTrue(still.silentFor(QUIET_MILLIS));
      long spent = child.loopMillis() - before;
      assertTrue(
          spent < QUIET_MILLIS / 5,
          spent + " ms of the processor in " + QUIET_MILLIS + ": " + when);
    }
  }
}
