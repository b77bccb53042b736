package net.khttpd.decide;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import net.khttpd.http.RequestParser;
import net.khttpd.kernel.Memory;
import org.junit.jupiter.api.Test;

/// The table of hosts against the plain reading of what it shall do.
final class HostTableTest {
  private static final long SEED = 20_021_127;
  private static final String[] LABELS = {"a", "b", "www", "x-1", "com", "A", "WWW"};

  private final RequestParser parser = new RequestParser(8192, 1024, 20);

  private int find(HostTable table, String host) {
    byte[] head = ("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes(ISO_8859_1);
    MemorySegment bytes = Memory.allocate(head.length);
    try {
      bytes.copyFrom(MemorySegment.ofArray(head));
      parser.reset();
      assertEquals(head.length, parser.parse(bytes, 0, head.length), host);
      return table.find(parser.head());
    } finally {
      Memory.free(bytes);
    }
  }

  private static int expected(List<String> hosts, String asked) {
    String host = asked.toLowerCase(Locale.ROOT).replaceFirst(":\\d*$", "");
    host = host.length() > 1 && host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    int exact = hosts.indexOf(host);
    int best = exact;
    int longest = 0;
    for (int i = 0; i < hosts.size() && exact < 0; i++) {
      String below = hosts.get(i).startsWith("*.") ? hosts.get(i).substring(1) : "no";
      if (host.endsWith(below) && host.length() > below.length() && below.length() > longest) {
        longest = below.length();
        best = i;
      }
    }
    return best;
  }

  private static String name(SplittableRandom random) {
    var labels = new ArrayList<String>();
    for (int i = random.nextInt(1, 5); i > 0; i--) {
      labels.add(LABELS[random.nextInt(LABELS.length)]);
    }
    return String.join(".", labels);
  }

  @Test
  void itFindsWhatThePlainReadingFinds() {
    var random = new SplittableRandom(SEED);
    int found = 0;
    for (int round = 0; round < 300; round++) {
      var names = new LinkedHashSet<String>();
      for (int i = random.nextInt(0, 40); i > 0; i--) {
        names.add((random.nextInt(3) == 0 ? "*." : "") + name(random).toLowerCase(Locale.ROOT));
      }
      List<String> hosts = List.copyOf(names);
      var table = new HostTable(hosts);
      for (int i = 0; i < 50; i++) {
        String[] ends = {"", ":80", ".", ".:8080", ":"};
        String asked = name(random) + ends[random.nextInt(ends.length)];
        int place = find(table, asked);
        assertEquals(expected(hosts, asked), place, () -> asked + " among " + hosts);
        found += place == HostTable.NONE ? 0 : 1;
      }
    }
    assertEquals(true, found > 1000, found + " found");
  }
}
