package net.khttpd.mount;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FileTreeTest {
  private static final List<String> SETTINGS =
      List.of(
          "net.khttpd.threads = 2",
          "net.khttpd.charset =",
          "net.khttpd.dynamic = cgi-bin",
          "net.khttpd.dynamic = a = b",
          "net.khttpd.hosts =",
          "net.khttpd.vhost = a.org",
          "net.khttpd.vhost.a.org.index = x.html");
  private static final List<String> STATISTICS =
      List.of(
          "net.khttpd.stats.refused = 3",
          "net.khttpd.stats.refused.404 = 3",
          "net.khttpd.stats.latency.served.p99 = 0.001",
          "net.khttpd.stats.loop0.refused = 3",
          "net.khttpd.stats.loop0.refused.404 = 3");

  private final FileTree tree = new FileTree(new Lines());

  /// Answers as a control socket does.
  private static final class Lines implements Source {
    @Override
    public List<String> read(String name) {
      if (name.isEmpty()) {
        return SETTINGS;
      }
      String full = "net.khttpd." + name;
      var lines = new java.util.ArrayList<String>(SETTINGS);
      lines.addAll(STATISTICS);
      lines.removeIf(line -> !line.startsWith(full + " =") && !(line.startsWith(full + ".")));
      return lines;
    }

    @Override
    public void write(String assignment, String who) {
      throw new AssertionError("nobody writes");
    }
  }

  private Node.File file(String path) throws Exception {
    return (Node.File) tree.find(path);
  }

  private String content(String path) throws Exception {
    return new String(file(path).content(), UTF_8);
  }

  private Map<String, Boolean> names(String path) throws Exception {
    return ((Node.Directory) tree.find(path)).names();
  }

  @Test
  void aSettingIsAFileOfItsValues() throws Exception {
    assertEquals("2\n", content("/threads"));
    assertEquals("cgi-bin\na = b\n", content("/dynamic"));
    assertEquals("\n", content("/charset"));
    assertEquals("", content("/hosts"), "an empty list has no lines");
    assertEquals("x.html\n", content("/vhost.a.org.index"));
    assertTrue(file("/threads").writable());
  }

  @Test
  void theTopHasAllSettingsAndTheStatistics() throws Exception {
    assertEquals(
        List.of("threads", "charset", "dynamic", "hosts", "vhost", "vhost.a.org.index", "stats"),
        List.copyOf(names("/").keySet()));
    assertTrue(names("/").get("stats"));
  }

  @Test
  void aStatisticWithoutAValueIsADirectory() throws Exception {
    assertEquals(
        Map.of("refused", false, "refused.404", false, "latency", true, "loop0", true),
        names("/stats"));
    assertEquals(Map.of("refused", false, "refused.404", false), names("/stats/loop0"));
    assertEquals(Map.of("p99", false), names("/stats/latency/served"));
    assertEquals("3\n", content("/stats/loop0/refused.404"));
    assertFalse(file("/stats/refused").writable());
  }

  @Test
  void otherNamesAreNotThere() throws Exception {
    for (String path :
        List.of("/nonsense", "/vhost.a.org", "/stats.refused", "/stats/loop9", "/net.khttpd")) {
      assertNull(tree.find(path), path);
    }
  }
}
