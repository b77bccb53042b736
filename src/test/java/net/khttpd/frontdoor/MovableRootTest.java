package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// Deployment by switching the symlink that `documentroot` names.
final class MovableRootTest extends FrontDoor {
  @Test
  void aSwitchedSymlinkIsFollowedWithinASecond() throws Exception {
    site.file("v1/a.txt", "one").file("v1/only-one.txt", "x").file("v2/a.txt", "two");
    Path current = site.outside().resolve("current");
    Files.createSymbolicLink(current, site.root().resolve("v1"));
    try (FrontServer server = FrontServer.start(engine, current, java.util.List.of());
        RawClient client = new RawClient(server.port())) {
      assertEquals("one", client.send(Wire.get("/a.txt")).read().text());
      assertEquals(200, client.send(Wire.get("/only-one.txt")).read().status());
      Path next = site.outside().resolve("next");
      Files.createSymbolicLink(next, site.root().resolve("v2"));
      Files.move(next, current, StandardCopyOption.ATOMIC_MOVE);
      long end = System.nanoTime() + 3_000_000_000L;
      String seen;
      do {
        seen = client.send(Wire.get("/a.txt")).read().text();
      } while (!seen.equals("two") && System.nanoTime() < end);
      assertEquals("two", seen);
      assertEquals(404, client.send(Wire.get("/only-one.txt")).read().status());
    }
  }
}
