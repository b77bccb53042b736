package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.ChildServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// Without a descriptor for a connection to the backend its client is told so, static files go on,
/// and with descriptors all is well again.
final class BackendDescriptorTest extends FrontDoor {
  private static final int DESCRIPTORS = 96;
  private static final int CLIENTS = 200;

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
  }

  @Test
  void withoutDescriptorsWhatIsPassedOnIsAnsweredAndLaterServed() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    String setting = "backend=" + backend.setting();
    try (var server = new ChildServer(engine, site.root(), DESCRIPTORS, setting);
        var client = new RawClient(server.port());
        var upload = new RawClient(server.port())) {
      assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
      assertEquals("alpha", upload.send(Wire.get("/a.txt")).read().text());
      var others = new ArrayList<RawClient>();
      for (int i = 0; i < CLIENTS; i++) {
        others.add(own(new RawClient(server.port())));
      }
      for (int i = 0; i < 5; i++) {
        int status = client.send(Wire.get("/app.cgi")).read().status();
        assertTrue(status == 502 || status == 503, status + " without a descriptor");
        assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
      }
      upload.send(Wire.request("POST", "/app.cgi", "Content-Length: 5") + "hello");
      int status = upload.read().status();
      assertTrue(status == 502 || status == 503, status + " without a descriptor");
      for (RawClient other : others) {
        other.close();
      }
      untilPassedOn(server);
      assertEquals(0, server.terminate());
    }
  }

  private static void untilPassedOn(ChildServer server) throws IOException {
    long end = System.nanoTime() + 10_000_000_000L;
    boolean passed = false;
    while (!passed && System.nanoTime() < end) {
      try (var client = new RawClient(server.port())) {
        passed = client.send(Wire.get("/app.cgi")).read().status() == 200;
      } catch (IOException stillFull) {
        passed = false;
      }
    }
    assertTrue(passed, "nobody is passed on after all clients left");
  }
}
