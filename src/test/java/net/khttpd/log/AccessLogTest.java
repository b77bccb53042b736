package net.khttpd.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessLogTest {
  private static final long LOOPBACK = 0xFFFFL << 32 | 0x7F00_0001L;
  private static final Instant TIME = Instant.parse("2026-11-22T20:15:04.120Z");

  @TempDir private Path directory;
  private final ByteArrayOutputStream told = new ByteArrayOutputStream();
  private EventLog events;
  private Path file;
  private AccessLog log;

  @BeforeEach
  void open() throws Exception {
    events = new EventLog(told, InstantSource.fixed(TIME));
    file = directory.resolve("access.log");
    log = new AccessLog(file.toString(), LogFormat.of("combined"), events);
  }

  @AfterEach
  void close() {
    log.close();
    events.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          common                  | 127.0.0.1 - - [22/Nov/2026:20:15:04 +0000] "GET /a?b=c HTTP/1.1" 200 12
          combined                | 127.0.0.1 - - [22/Nov/2026:20:15:04 +0000] "GET /a?b=c HTTP/1.1" 200 12 "-" "curl\\x22\\x5c\\x0d\\x0a\\x1b\\xc3\\xa4"
          %m %U %q %H             | GET /a ?b=c HTTP/1.1
          %D %T %B %{remote}p     | 2500000 2 12 40000
          %{rule}x %{cache}x      | query hit
          %{backend}x %v %%       | - example.org %
          \\"%>s\\"               | "200"
          """)
  void aRecordIsWrittenAs(String format, String line) {
    AccessWriter writer = new AccessWriter(log);
    assertTrue(request(writer));
    var out = new ByteArrayOutputStream();
    var formatter = new LineFormatter(ZoneOffset.UTC);
    writer.drainTo((ring, at) -> formatter.append(LogFormat.of(format), ring, at, out));
    assertEquals(line + "\n", out.toString(StandardCharsets.UTF_8));
  }

  @Test
  void whatWasLoggedIsInTheFileAfterClose() throws Exception {
    AccessWriter one = log.newWriter();
    AccessWriter other = log.newWriter();
    for (int i = 0; i < 100; i++) {
      assertTrue(request(one));
      assertTrue(request(other));
    }
    log.close();
    assertEquals(200, Files.readAllLines(file).size());
    assertEquals(0, log.dropped());
  }

  @Test
  void aFullRingDropsAndCounts() {
    var writer = new AccessWriter(log); // not registered: nobody reads it
    int kept = 0;
    while (request(writer)) {
      kept++;
      assertTrue(kept < AccessWriter.RING, "the ring has a bound");
    }
    assertEquals(1, writer.dropped());
    int[] read = new int[1];
    writer.drainTo((ring, at) -> read[0]++);
    assertEquals(kept, read[0]);
    assertTrue(request(writer));
  }

  @Test
  void recordsSurviveManyTurnsOfTheRing() {
    var writer = new AccessWriter(log);
    var formatter = new LineFormatter(ZoneOffset.UTC);
    LogFormat format = LogFormat.of("%B");
    var out = new ByteArrayOutputStream();
    int records = 20_000;
    for (int i = 0; i < records; i++) {
      assertTrue(writer.begin(0, 0, LOOPBACK, 1));
      writer.userAgent(bytes("x".repeat(i % 1500)), 0, i % 1500);
      writer.commit(200, i + 1, false, 0);
      if (i % 97 == 0) {
        writer.drainTo((ring, at) -> formatter.append(format, ring, at, out));
      }
    }
    writer.drainTo((ring, at) -> formatter.append(format, ring, at, out));
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    for (int i = 0; i < records; i++) {
      assertEquals(Integer.toString(i + 1), lines.get(i));
    }
  }

  @Test
  void longTextsAreCut() {
    AccessWriter writer = new AccessWriter(log);
    assertTrue(writer.begin(0, 0, LOOPBACK, 1));
    MemorySegment long64k = bytes("a".repeat(65536));
    writer.requestLine(long64k, 0, 65536);
    writer.host(long64k, 0, 65536);
    writer.referer(long64k, 0, 65536);
    writer.userAgent(long64k, 0, 65536);
    writer.rule(new byte[1000]);
    writer.backend(new byte[1000]);
    writer.commit(200, 0, false, 0);
    var out = new ByteArrayOutputStream();
    var formatter = new LineFormatter(ZoneOffset.UTC);
    writer.drainTo((ring, at) -> formatter.append(LogFormat.of("%r"), ring, at, out));
    assertEquals(4096 + 1, out.size());
  }

  @Test
  void aRotatedFileIsReopenedByName() throws Exception {
    AccessWriter writer = log.newWriter();
    request(writer);
    log.wake();
    awaitSize(file);
    Path rotated = directory.resolve("access.log.1");
    Files.move(file, rotated);
    log.reopen();
    request(writer);
    log.close();
    assertEquals(1, Files.readAllLines(rotated).size());
    assertEquals(1, Files.readAllLines(file).size());
  }

  @Test
  void anIpv6AddressIsWrittenAsSuch() {
    var writer = new AccessWriter(log); // not known to the log: its thread must not drain it
    assertTrue(writer.begin(0, 0x2001_0db8_0000_0000L, 1, 1));
    writer.commit(200, 0, false, 0);
    var out = new ByteArrayOutputStream();
    writer.drainTo(
        (ring, at) -> new LineFormatter(ZoneOffset.UTC).append(LogFormat.of("%h"), ring, at, out));
    assertEquals("2001:db8:0:0:0:0:0:1\n", out.toString(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({"%", "%{Cookie}i", "%{Referer", "%>", "%y", "\\n"})
  void anUnknownDirectiveIsRefused(String format) {
    assertThrows(IllegalArgumentException.class, () -> LogFormat.of(format));
  }

  @Test
  void eventsAreOneLineEachAndEscaped() {
    events.event("client said \r\n\u001b[31m ä");
    events.close();
    assertEquals(
        "2026-11-22T20:15:04.120Z khttpd: client said \\x0d\\x0a\\x1b[31m \\xc3\\xa4\n",
        told.toString(StandardCharsets.UTF_8));
  }

  @Test
  void repeatedEventsAreSuppressedAndSummedUp() {
    var repetition = new Repetition();
    for (int i = 0; i < 5; i++) {
      assertEquals(0, repetition.admit("down", 1_000_000));
    }
    assertEquals(-1, repetition.admit("down", 1_000_001));
    assertEquals(-1, repetition.admit("down", 1_000_002));
    assertEquals(0, repetition.admit("up", 1_000_002));
    assertEquals(2, repetition.admit("down", 1_010_001));
    assertEquals(0, repetition.admit("down", 1_010_002));
    assertFalse(told.size() > 0);
  }

  private static boolean request(AccessWriter writer) {
    if (!writer.begin(TIME.toEpochMilli(), 0, LOOPBACK, 40000)) {
      return false;
    }
    MemorySegment head = bytes("GET /a?b=c HTTP/1.1\r\n");
    writer.requestLine(head, 0, 19);
    writer.host(bytes("Host: example.org"), 6, 17);
    MemorySegment agent = bytes("curl\"\\\r\n\u001bä");
    writer.userAgent(agent, 0, agent.byteSize());
    writer.rule("query".getBytes(StandardCharsets.US_ASCII));
    writer.commit(200, 12, true, 2_500_000);
    return true;
  }

  private static MemorySegment bytes(String text) {
    return MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void awaitSize(Path file) throws Exception {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (Files.size(file) == 0) {
      assertTrue(System.nanoTime() < deadline, "nothing was written");
      Thread.onSpinWait();
    }
  }
}
