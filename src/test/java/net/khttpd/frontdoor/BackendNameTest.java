package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import net.khttpd.frontdoor.harness.ChildServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// A backend's name is looked up anew while the server runs, in a process whose names stand in a
/// file of the test.
final class BackendNameTest extends FrontDoor {
  private static final int DESCRIPTORS = 256;

  private Path hosts;

  private void names(String line) throws IOException {
    Path next = site.outside().resolve("hosts.next");
    Files.writeString(next, line + "\n");
    Files.move(next, hosts, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String get(RawClient client) throws IOException {
    var answer = client.send(Wire.get("/app.cgi")).read();
    return answer.status() == 200 ? answer.text() : Integer.toString(answer.status());
  }

  private static void await(RawClient client, String expected) throws IOException {
    long end = System.nanoTime() + RawClient.DEADLINE_MILLIS * 1_000_000L;
    while (!get(client).equals(expected)) {
      assertTrue(System.nanoTime() < end, expected + " did not answer in time");
    }
  }

  @Test
  void addressesComeAndGoAndAreKeptWhenTheNameIsGone() throws Exception {
    hosts = site.outside().resolve("hosts");
    names("# nobody yet");
    RecordingBackend one = backend(RecordingBackend.fixed(BalanceTest.answer("one")));
    own(
        new RecordingBackend(
            RecordingBackend.fixed(BalanceTest.answer("two")),
            InetAddress.ofLiteral("127.0.0.2"),
            one.port()));
    try (var server =
            new ChildServer(
                engine,
                site.root(),
                DESCRIPTORS,
                "-Djdk.net.hosts.file=" + hosts,
                "-Dsun.net.inetaddr.ttl=0",
                "-Dsun.net.inetaddr.negative.ttl=0",
                "backend_resolve=0.05",
                "backend=app.test:" + one.port());
        var client = new RawClient(server.port())) {
      assertEquals("502", get(client));
      names("127.0.0.1 app.test");
      await(client, "one");
      names("127.0.0.2 app.test");
      await(client, "two"); // though the connections to the first address are still good
      assertEquals("two", get(client));
      names("# the name server is gone");
      for (int i = 0; i < 20; i++) {
        assertEquals("two", get(client));
        client.silentFor(10);
      }
      names("127.0.0.3 app.test\n127.0.0.1 app.test");
      await(client, "one"); // the first address refuses
    }
  }
}
