package net.khttpd.top;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.khttpd.settings.OperatorException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The view of `khttpd top` over lines that a server might print.
final class TopTest {
  private static final Paint PLAIN = new Paint(false, true);

  /// A server's lines after so many requests.
  private static List<String> lines(long requests, int loops, int rules) {
    var lines = new ArrayList<String>();
    lines.add("net.khttpd.stats.requests = " + requests);
    lines.add("net.khttpd.stats.served = " + requests / 2);
    lines.add("net.khttpd.stats.passed_on = " + requests * 3 / 10);
    lines.add("net.khttpd.stats.refused = " + requests / 5);
    lines.add("net.khttpd.stats.refused.404 = " + requests / 5);
    for (int i = 0; i < rules; i++) {
      lines.add("net.khttpd.stats.passed_on.rule" + i + " = " + requests * (i + 1) / 100);
    }
    for (int i = 0; i < loops; i++) {
      lines.add("net.khttpd.stats.loop" + i + ".requests = " + requests / loops);
      lines.add("net.khttpd.stats.loop" + i + ".engine_calls = " + requests / loops / 4);
      lines.add("net.khttpd.stats.loop" + i + ".connections_now = 7");
    }
    lines.add("net.khttpd.stats.engine_calls = " + requests / 4);
    lines.add("net.khttpd.stats.cache_hits = " + requests * 99);
    lines.add("net.khttpd.stats.cache_misses = " + requests);
    lines.add("net.khttpd.stats.connections_now = 1234");
    lines.add("net.khttpd.stats.latency.served.buckets_ns = 1000:" + requests + " 2000:5 90000:1");
    lines.add("net.khttpd.stats.latency.passed_on.buckets_ns =");
    lines.add("net.khttpd.stats.backend0.name = 127.0.0.1:8081");
    lines.add("net.khttpd.stats.backend0.state = draining");
    lines.add("net.khttpd.stats.backend0.up = 0");
    lines.add("net.khttpd.stats.backend_queue = 3");
    lines.add("net.khttpd.serverport = 8080");
    return lines;
  }

  private static Change change(long before, long after, int loops, int rules) {
    return new Change(
        Sample.read(0, lines(before, loops, rules)),
        Sample.read(2_000_000_000L, lines(after, loops, rules)));
  }

  private static List<String> page(Change change, Paint paint, int columns, int rows) {
    return Page.of(change, "/run/khttpd.sock", new History(), paint, columns, rows);
  }

  @Test
  void ratesAreWhatGrewInASecond() {
    Change change = change(1_000, 5_000, 2, 3);
    assertEquals(2_000, change.rate("requests"));
    assertEquals(0.25, change.ratio("engine_calls", "requests"));
    assertEquals(1_234, change.now("connections_now"));
    assertEquals(List.of(0, 1), change.loops());
    assertEquals(
        List.of("rule2", "rule1", "rule0"),
        change.parts("passed_on").stream().map(Change.Part::label).toList());
  }

  @Test
  void aServerThatBeganAnewCountsFromNothing() {
    assertEquals(50, change(1_000, 100, 1, 0).rate("requests"));
  }

  @Test
  void percentilesAreOfWhatCameSince() {
    Change change = change(1_000, 1_100, 1, 0);
    assertEquals(1_000, change.percentileNanos("latency.served", 0.999));
    assertEquals(0, change.percentileNanos("latency.passed_on", 0.5));
    Change all = new Change(Sample.read(0, List.of()), change.after());
    assertEquals(90_000, all.percentileNanos("latency.served", 1));
  }

  @ParameterizedTest
  @CsvSource({"80, 24", "80, 50", "40, 10", "60, 20", "200, 100", "80, 1", "10, 3"})
  void itKeepsToTheSizeOfTheTerminal(int columns, int rows) {
    for (int loops : new int[] {0, 1, 2, 64}) {
      for (int rules : new int[] {0, 1, 19}) {
        List<String> page = page(change(0, 1_000_000, loops, rules), PLAIN, columns, rows);
        assertTrue(page.size() <= Math.max(1, rows), page.size() + " rows of " + rows);
        for (String line : page) {
          assertTrue(line.length() <= Math.max(40, columns), line);
        }
      }
    }
  }

  @Test
  void onEightyByTwentyFourEverySectionHasAPlace() {
    String page = String.join("\n", page(change(0, 20_000, 2, 2), PLAIN, 80, 24));
    for (String part :
        List.of(
            "10,000 requests/s",
            " served          5,000/s",
            " passed on       3,000/s",
            "50.0 %",
            "p99.9",
            "1,234 open",
            "99.0 % hits",
            "0.25 calls/req",
            "passed on by rule",
            "rule1",
            "404",
            " loops")) {
      assertTrue(page.contains(part), part + " is not in\n" + page);
    }
  }

  @Test
  void backendsHaveAPlaceWhereThereIsRoom() {
    String page = String.join("\n", page(change(0, 20_000, 2, 2), PLAIN, 80, 40));
    assertTrue(page.contains("127.0.0.1:8081"), page);
    assertTrue(page.contains("draining"), page);
    assertTrue(page.contains("3 waiting"), page);
  }

  @Test
  void loopsThatFindNoRoomAreCounted() {
    String page = String.join("\n", page(change(0, 20_000, 64, 0), PLAIN, 80, 24));
    assertTrue(page.contains(" more"), page);
  }

  @Test
  void noColorLeavesNoEscapes() {
    Change change = change(0, 20_000, 2, 2);
    assertTrue(String.join("", page(change, Paint.of(Map.of(), UTF_8), 80, 40)).contains("\033["));
    Paint none = Paint.of(Map.of("NO_COLOR", "1"), UTF_8);
    assertFalse(String.join("", page(change, none, 80, 40)).contains("\033"));
  }

  @Test
  void whereOnlyAsciiCanBeWrittenOnlyAsciiIs() {
    Paint ascii = Paint.of(Map.of("NO_COLOR", "1"), US_ASCII);
    String page = String.join("", page(change(0, 20_000, 2, 2), ascii, 80, 40));
    assertTrue(page.chars().allMatch(c -> c >= 0x20 && c < 0x7f), page);
  }

  @Test
  void aBarFillsItsColumnsAndShowsWhateverIsNotNothing() {
    assertEquals("    ", PLAIN.bar(0, 4));
    assertEquals("▏   ", PLAIN.bar(1e-9, 4));
    assertEquals("██  ", PLAIN.bar(0.5, 4));
    assertEquals("████", PLAIN.bar(7, 4));
    assertEquals("#   ", new Paint(false, false).bar(1e-9, 4));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0.04, 0.04",
    "3.44, 3.4",
    "12.6, 13",
    "12345, '12,345'",
    "1234567, 1.23 M",
    "2.5e9, 2.50 G"
  })
  void countsAreShort(double value, String text) {
    assertEquals(text, Figures.count(value));
  }

  @ParameterizedTest
  @CsvSource({
    "0, -",
    "840, 0.8 µs",
    "42000, 42 µs",
    "999600, 1.0 ms",
    "9990000, 10 ms",
    "1240000000, 1.2 s",
    "75000000000, 75 s"
  })
  void timesAreShort(long nanos, String text) {
    assertEquals(text, Figures.time(nanos));
  }

  @ParameterizedTest
  @CsvSource({"0, 0 B", "999, 999 B", "1234, 1.2 kB", "48123456, 48.1 MB", "9.99e14, 999 TB"})
  void bytesAreShort(double value, String text) {
    assertEquals(text, Figures.bytes(value));
  }

  @Test
  void inAPipeItPrintsALineAnInterval() throws Exception {
    var requests = new long[1];
    Source source = () -> lines(requests[0] += 1_000, 1, 0);
    var out = new ByteArrayOutputStream();
    new Top(source, "", 100, Map.of(), UTF_8, Clock.systemUTC())
        .print(new PrintStream(out, true, UTF_8), 21);
    List<String> lines = out.toString(UTF_8).lines().toList();
    assertEquals(23, lines.size(), "21 and two headings");
    assertEquals(lines.get(0), lines.get(21));
    List<String> heading = List.of(lines.get(0).strip().split("\\s+"));
    List<String> line = List.of(lines.get(1).split("\\s+"));
    assertEquals(heading.size(), line.size());
    assertTrue(line.get(0).matches("\\d\\d:\\d\\d:\\d\\d"), line.get(0));
    assertEquals("1234", line.get(heading.indexOf("open")));
    assertEquals("99", line.get(heading.indexOf("hits_%")));
    assertEquals("0.25", line.get(heading.indexOf("calls/req")));
    assertEquals("1", line.get(heading.indexOf("p50_us")));
  }

  @Test
  void whenTheServerHasGoneItSaysSo() {
    Source gone =
        () -> {
          throw new OperatorException("--socket: there is no server any more");
        };
    var top = new Top(gone, "", 100, Map.of(), UTF_8, Clock.systemUTC());
    assertThrows(OperatorException.class, () -> top.print(System.out, 1));
  }
}
