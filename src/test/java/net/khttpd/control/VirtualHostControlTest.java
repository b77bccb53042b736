package net.khttpd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.khttpd.control.ControlRequest.Word;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.log.EventLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Virtual hosts of a running server through its control socket, and by SIGHUP.
final class VirtualHostControlTest {
  @TempDir Path directory;

  private String root(String host) throws Exception {
    Path root = Files.createDirectories(directory.resolve(host));
    Files.writeString(root.resolve("a.txt"), host);
    return "vhost." + host + ".documentroot=" + root;
  }

  private static String text(int port, String host) throws Exception {
    try (var client = new RawClient(port)) {
      return client.send("GET /a.txt HTTP/1.1\r\nHost: " + host + "\r\n\r\n").read().text();
    }
  }

  @Test
  void aNodeShowsAllThatAHostSetsAndALeafWhatHolds() throws Exception {
    try (var controlled = new Controlled(directory)) {
      controlled.told(Word.WRITE, root("a.test"), "vhost.a.test.index=x.html", "vhost=b.test");
      assertEquals(
          List.of(
              "net.khttpd.vhost.a.test.documentroot = " + directory.resolve("a.test"),
              "net.khttpd.vhost.a.test.index = x.html"),
          controlled.told(Word.GET, "vhost.a.test"));
      assertEquals(
          List.of("net.khttpd.vhost.b.test.documentroot = " + directory.resolve("www")),
          controlled.told(Word.GET, "vhost.b.test.documentroot"));
      assertEquals(
          List.of("net.khttpd.vhost = a.test", "net.khttpd.vhost = b.test"),
          controlled.told(Word.GET, "vhost"));
      assertTrue(controlled.logged().contains("vhost: (empty) -> a.test b.test"));
      assertTrue(controlled.logged().contains("vhost.a.test.index: (not set) -> x.html"));
    }
  }

  @Test
  void explainSaysWhoseARequestIs() throws Exception {
    try (var controlled = new Controlled(directory, root("a.test"), root("*.test"))) {
      controlled.server.start();
      assertExplained(controlled, "http://A.test:80/a.txt", "host: vhost a.test", "served /a.txt");
      assertExplained(controlled, "http://b.test/a.txt", "host: vhost *.test", "served /a.txt");
      assertExplained(controlled, "/a.txt", "host: no vhost names it", "refused: 404");
    }
    List<String> offline =
        Explaining.offline(
            "http://b.test/a.txt",
            net.khttpd.settings.Draft.ofDefaults()
                .write(root("*.test"))
                .write("clientport=0")
                .snapshot());
    assertTrue(offline.contains("host: vhost *.test"), offline::toString);
  }

  private static void assertExplained(
      Controlled controlled, String target, String host, String outcome) throws Exception {
    List<String> told = controlled.told(Word.EXPLAIN, target);
    assertTrue(told.contains(host), told::toString);
    assertTrue(told.getLast().startsWith(outcome), told::toString);
  }

  /// SIGHUP makes the hosts those of the file, whatever was written meanwhile.
  @Test
  void aReloadMakesTheHostsThoseOfTheFile() throws Exception {
    Path conf = directory.resolve("khttpd.conf");
    try (var controlled = new Controlled(directory);
        EventLog log = EventLog.toStderr()) {
      var lines = new ArrayList<>(controlled.told(Word.LIST));
      lines.add(root("a.test"));
      Files.write(conf, lines);
      int port = URI.create(controlled.server.start().split(" ", 2)[0]).getPort();
      controlled.told(Word.WRITE, root("b.test"));
      assertEquals("b.test", text(port, "b.test"));
      var options = new SettingsOptions();
      options.files.add(conf);
      new Reload(options, controlled.server, log).run();
      assertEquals("404 Not Found\n", text(port, "b.test"));
      assertEquals("a.test", text(port, "a.test"));
      assertEquals(List.of("net.khttpd.vhost = a.test"), controlled.told(Word.GET, "vhost"));
    }
  }
}
