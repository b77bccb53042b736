package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.ChildServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// More clients than descriptors (D8): accept backs off without spinning, and recovers.
final class DescriptorLimitTest extends FrontDoor {
  private static final int DESCRIPTORS = 96;
  private static final int CLIENTS = 200;

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
  }

  @Test
  void withoutDescriptorsAcceptWaitsAndGoesOnWhenThereAreSome() throws Exception {
    try (var server = new ChildServer(engine, site.root(), DESCRIPTORS)) {
      var clients = new ArrayList<RawClient>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(own(new RawClient(server.port())));
      }
      int status = clients.getFirst().send(Wire.get("/a.txt")).read().status();
      assertTrue(status == 200 || status == 503, status + " without a descriptor for the file");
      var before = server.processorTime();
      assertTrue(clients.getFirst().silentFor(1_000));
      long spent = server.processorTime().minus(before).toMillis();
      assertTrue(spent < 400, spent + " ms of the processor in a second of waiting");
      for (RawClient client : clients) {
        client.close();
      }
      untilServed(server);
      assertEquals(0, server.terminate());
    }
  }

  /// Clients alone must not be able to make what is remembered void, nor to keep it beyond its
  /// second.
  @Test
  void withoutDescriptorsWhatIsKnownIsServedAsLongAsItIsTrue() throws Exception {
    try (var server = new ChildServer(engine, site.root(), DESCRIPTORS)) {
      var client = own(new RawClient(server.port()));
      assertEquals(200, client.send(Wire.get("/a.txt")).read().status());
      for (int i = 0; i < CLIENTS; i++) {
        own(new RawClient(server.port()));
      }
      for (int i = 0; i < 25; i++) { // over two seconds
        assertTrue(client.silentFor(100));
        assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
      }
      site.replace("a.txt", "beta");
      int status = 200;
      for (int i = 0; i < 30 && status == 200; i++) {
        assertTrue(client.silentFor(100));
        status = client.send(Wire.get("/a.txt")).read().status();
      }
      assertEquals(503, status, "what is gone is served, or what cannot be opened");
    }
  }

  private static void untilServed(ChildServer server) throws IOException {
    long end = System.nanoTime() + 10_000_000_000L;
    boolean served = false;
    while (!served && System.nanoTime() < end) {
      try (var client = new RawClient(server.port())) {
        served = client.send(Wire.get("/a.txt")).read().status() == 200;
      } catch (IOException stillFull) {
        served = false;
      }
    }
    assertTrue(served, "nobody is served after all clients left");
  }
}
