package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import net.khttpd.statistics.Statistics;
import org.junit.jupiter.api.Test;

/// Statistics agree with what a counting client saw, to the last request and byte.
final class CountersTest extends FrontDoor {
  /// More than a socket takes that nobody reads.
  private static final int HUGE = 16 << 20;

  /// How long a slow backend thinks.
  private static final int SLOW_MILLIS = 100;

  private static final String POST =
      "POST /form HTTP/1.1\r\nHost: f\r\nContent-Length: 10000\r\n\r\n" + "p".repeat(10_000);
  private static final String CHUNKED =
      "PUT /up HTTP/1.1\r\nHost: f\r\nTransfer-Encoding: chunked\r\n\r\n"
          + "5\r\nhello\r\n".repeat(40)
          + "0\r\n\r\n";

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha")
        .file("m.txt", "m".repeat(40_000))
        .file("large.txt", "l".repeat(3_000_000))
        .file("huge.txt", "h".repeat(HUGE))
        .directory("d");
  }

  /// A server of its own, whose counters begin at 0.
  private FrontServer fresh(String... settings) {
    var all = new ArrayList<>(List.of(settings));
    all.add("threads=3");
    return own(FrontServer.start(engine, site.root(), all));
  }

  /// What a client expects the server to have counted.
  private static final class Tally {
    final Map<String, Long> expected = new TreeMap<>();

    Tally() {
      for (String name :
          List.of(
              "requests", "served", "partial", "not_modified", "passed_on", "refused", "retries")) {
        add(name, 0);
      }
    }

    Tally add(String name, long by) {
      expected.merge("stats." + name, by, Long::sum);
      return this;
    }

    Tally served(long times) {
      return add("requests", times).add("served", times).add("latency.served.count", times);
    }

    Tally passedOn(String rule, long times) {
      add("requests", times).add("passed_on", times).add("passed_on." + rule, times);
      return add("latency.passed_on.count", times);
    }

    /// The answers to requests that were taken.
    Tally refused(int status, long times) {
      return add("requests", times).error(status, times);
    }

    /// An error answer, to a request or not.
    Tally error(int status, long times) {
      return add("refused", times).add("refused." + status, times);
    }

    /// A connection that is over, and what went over it.
    Tally connection(RawClient client) {
      add("connections", 1).add("connections_now", 0);
      return add("bytes_in", client.sentBytes()).add("bytes_out", client.receivedBytes());
    }

    /// Waits until the server has counted all of it: it may lag a turn behind its answers.
    void agreesWith(Statistics statistics) throws Exception {
      long end = System.nanoTime() + 10_000_000_000L;
      while (!counted(statistics).equals(expected) && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      assertEquals(expected, counted(statistics));
      everySumIsThatOfTheLoops(statistics);
    }

    private Map<String, Long> counted(Statistics statistics) {
      var counted = new TreeMap<String, Long>();
      for (String name : expected.keySet()) {
        counted.put(name, Long.valueOf(String.valueOf(statistics.get(name))));
      }
      return counted;
    }

    private void everySumIsThatOfTheLoops(Statistics statistics) {
      for (String name : expected.keySet()) {
        long sum = 0;
        for (int loop = 0; loop < 3; loop++) {
          String ofLoop = name.replace("stats.", "stats.loop" + loop + ".");
          sum += Long.parseLong(String.valueOf(statistics.get(ofLoop)));
        }
        assertEquals(String.valueOf(sum), statistics.get(name), name);
      }
    }
  }

  private static void end(RawClient client, Tally tally) throws Exception {
    client.endOutput().assertClosed();
    tally.connection(client);
  }

  @Test
  void whatIsServedIsCountedWhateverItsForm() throws Exception {
    FrontServer server = fresh();
    var tally = new Tally();
    for (int i = 0; i < 20; i++) {
      RawClient client = connect(server);
      String tag = client.send(Wire.get("/a.txt")).read().field("ETag").orElseThrow();
      assertEquals(200, client.send(Wire.request("HEAD", "/m.txt")).readForHead().status());
      client.send(Wire.get("/a.txt", "If-None-Match: " + tag));
      assertEquals(304, client.read().status());
      assertEquals(40_000, client.send(Wire.get("/m.txt")).read().body().length);
      assertEquals(3_000_000, client.send(Wire.get("/large.txt")).read().body().length);
      client.send(Wire.get("/a.txt", "Range: bytes=1-2"));
      assertEquals("lp", client.read().text());
      client.send(Wire.get("/m.txt", "Range: bytes=1-2,9-20000"));
      assertEquals(206, client.read().status());
      client.send(Wire.get("/a.txt", "Range: bytes=9-"));
      assertEquals(416, client.read().status());
      client.send(Wire.get("/a.txt", "If-Match: \"x\""));
      assertEquals(412, client.read().status());
      tally.served(7).add("not_modified", 1).add("partial", 2).refused(416, 1).refused(412, 1);
      end(client, tally);
    }
    tally.agreesWith(server.statistics());
  }

  @Test
  void everyRequestOfAPipelineIsCounted() throws Exception {
    FrontServer server = fresh();
    var tally = new Tally();
    String batch =
        (Wire.get("/a.txt").repeat(9) + Wire.get("/absent") + Wire.get("/m.txt")).repeat(50);
    for (int i = 0; i < 6; i++) {
      RawClient client = connect(server);
      Thread sender = Thread.ofVirtual().start(() -> send(client, batch));
      for (int answer = 0; answer < 550; answer++) {
        assertEquals(answer % 11 == 9 ? 404 : 200, client.read().status());
      }
      sender.join();
      tally.served(500).refused(404, 50);
      end(client, tally);
    }
    tally.agreesWith(server.statistics());
  }

  private static void send(RawClient client, String batch) {
    try {
      client.send(batch);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void whatIsPassedOnIsCountedByItsRule() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    FrontServer server = fresh("backend=" + backend.setting());
    var tally = new Tally();
    for (int i = 0; i < 10; i++) {
      RawClient client = connect(server);
      client.send(Wire.get("/a.txt?q") + Wire.get("/x.php") + Wire.get("/absent") + CHUNKED);
      client.send(Wire.get("/a.txt") + POST + Wire.get("/d/"));
      for (String text :
          List.of("backend", "backend", "backend", "backend", "alpha", "backend", "backend")) {
        assertEquals(text, client.read().text());
      }
      tally.passedOn("query", 1).passedOn("active", 1).passedOn("exists", 1);
      tally.passedOn("method", 2).passedOn("directory", 1).served(1);
      end(client, tally);
    }
    tally.agreesWith(server.statistics());
    assertEquals("1", server.statistics().get("stats.backend0.up"));
    assertEquals(backend.setting(), server.statistics().get("stats.backend0.name"));
    assertEquals("0", server.statistics().get("stats.backend_queue"));
  }

  @Test
  void errorsOfOursAreCountedByTheirStatus() throws Exception {
    FrontServer server = fresh("head_max=2048", "target_max=1024");
    var tally = new Tally();
    for (int i = 0; i < 10; i++) {
      RawClient client = connect(server);
      client.send(Wire.get("/absent") + Wire.request("DELETE", "/a.txt"));
      assertEquals(404, client.read().status());
      assertEquals(405, client.read().status());
      assertEquals(404, client.send(Wire.request("HEAD", "/absent")).readForHead().status());
      assertEquals(414, client.send(Wire.get("/" + "x".repeat(1_500))).read().status());
      tally.refused(404, 2).refused(405, 1).refused(414, 1);
      end(client, tally);
      RawClient malformed = connect(server).send(Wire.get("/a.txt") + "BAD\r\n\r\nmore");
      assertEquals(200, malformed.read().status());
      assertEquals(400, malformed.read().status());
      tally.served(1).refused(400, 1);
      end(malformed, tally);
    }
    tally.agreesWith(server.statistics());
  }

  @Test
  void aRequestThatTheBackendLeavesUnansweredIsPassedOnAndRefused() throws Exception {
    RecordingBackend backend = backend(c -> c.read());
    FrontServer server = fresh("backend=" + backend.setting());
    var tally = new Tally();
    RawClient client = connect(server);
    assertEquals(502, client.send(Wire.get("/a.txt?q")).read().status());
    tally.passedOn("query", 1).add("latency.passed_on.count", -1).error(502, 1);
    end(client, tally);
    tally.agreesWith(server.statistics());
    assertEquals("1", server.statistics().get("stats.backend_failures"));
  }

  @Test
  void aHeadThatDoesNotComeInTimeIsCountedAs408AndIsNoRequest() throws Exception {
    FrontServer server = fresh("timeout_head=0.3");
    var tally = new Tally();
    RawClient client = connect(server).send(Wire.get("/a.txt") + "GET /a.t");
    assertEquals(200, client.read().status());
    assertEquals(408, client.read().status());
    tally.served(1).error(408, 1).add("timeouts", 1);
    end(client, tally);
    tally.agreesWith(server.statistics());
  }

  @Test
  void aConnectionTurnedAwayIsCountedAs503AndIsNoRequest() throws Exception {
    FrontServer server = fresh("maxconnect=4");
    var tally = new Tally();
    var held = new ArrayList<RawClient>();
    for (int i = 0; i < 4; i++) {
      held.add(connect(server).send(Wire.get("/a.txt")));
      assertEquals(200, held.getLast().read().status());
      tally.served(1);
    }
    for (int i = 0; i < 7; i++) {
      RawClient surplus = connect(server);
      assertEquals(503, surplus.read().status());
      tally.error(503, 1).add("refused_connections", 1);
      end(surplus, tally);
    }
    for (RawClient client : held) {
      end(client, tally);
    }
    tally.agreesWith(server.statistics());
  }

  @Test
  void ofAnAbortedDownloadTheBytesThatLeftAreCounted() throws Exception {
    FrontServer server = fresh();
    long came = 0;
    for (int i = 0; i < 20; i++) {
      var client = own(new RawClient(server.port(), 4096));
      String target = i % 2 == 0 ? "/large.txt" : "/m.txt";
      client.send(Wire.get(target).repeat(i % 2 == 0 ? 1 : 100));
      client.exactly(30_000 + 1_000L * i);
      came += client.receivedBytes();
      client.reset();
    }
    Statistics statistics = server.statistics();
    var tally = new Tally();
    tally.expected.clear();
    tally.add("connections", 20).add("connections_now", 0).agreesWith(statistics);
    long counted = Long.parseLong(String.valueOf(statistics.get("stats.bytes_out")));
    assertTrue(counted >= came, counted + " counted, but " + came + " came");
    long requests = Long.parseLong(String.valueOf(statistics.get("stats.requests")));
    assertEquals(String.valueOf(requests), statistics.get("stats.served"));
    long whole = Long.parseLong(String.valueOf(statistics.get("stats.latency.served.count")));
    assertTrue(whole <= requests - 10, "no large file was whole: " + whole + " of " + requests);
  }

  /// One send from memory that the socket takes only a part of.
  @Test
  void ofAnAnswerThatNeverEndsTheBytesThatLeftAreCounted() throws Exception {
    FrontServer server = fresh("sendfile_min=64M");
    var client = own(new RawClient(server.port(), 4096));
    client.send(Wire.get("/huge.txt")).exactly(30_000);
    long came = client.receivedBytes();
    client.reset();
    Statistics statistics = server.statistics();
    var tally = new Tally();
    tally.add("requests", 1).add("served", 1).add("latency.served.count", 0);
    tally.add("connections_now", 0).agreesWith(statistics);
    long counted = Long.parseLong(String.valueOf(statistics.get("stats.bytes_out")));
    assertTrue(counted >= came && counted < HUGE, counted + " counted, " + came + " came");
  }

  @Test
  void aLookUpIsAHitOrAMiss() throws Exception {
    var one = own(FrontServer.start(engine, site.root(), List.of("threads=1")));
    RawClient client = connect(one);
    for (int i = 0; i < 10; i++) {
      client.send(Wire.get("/a.txt")).read();
    }
    client.send(Wire.get("/absent")).read();
    client.send(Wire.get("/absent")).read();
    Statistics statistics = one.statistics();
    assertEquals("2", statistics.get("stats.cache_misses"));
    assertEquals("10", statistics.get("stats.cache_hits"));
    assertEquals("2", statistics.get("stats.cache_files"));
    assertEquals("5", statistics.get("stats.cache_bytes"));
  }

  @Test
  void latenciesAreThoseThatAClientSees() throws Exception {
    var never = new CountDownLatch(1); // a backend's work, which takes its time
    RecordingBackend backend =
        backend(c -> {
          while (c.read() != null && !never.await(SLOW_MILLIS, TimeUnit.MILLISECONDS)) {
            c.send(RecordingBackend.OK);
          }
        });
    FrontServer server = fresh("backend=" + backend.setting());
    RawClient client = connect(server);
    long slowestMicros = 0;
    for (int i = 0; i < 5; i++) {
      long begin = System.nanoTime();
      Answer answer = client.send(Wire.get("/a.txt?q")).read();
      slowestMicros = Math.max(slowestMicros, (System.nanoTime() - begin) / 1000);
      assertEquals("backend", answer.text());
    }
    new Tally().passedOn("query", 5).agreesWith(server.statistics());
    assertEquals("0", server.statistics().get("stats.latency.served.p50_us"));
    for (String share : List.of("p50_us", "p999_us", "mean_us")) {
      String text = server.statistics().get("stats.latency.passed_on." + share);
      long micros = Long.parseLong(String.valueOf(text));
      assertTrue(
          micros >= SLOW_MILLIS * 960 && micros <= slowestMicros * 1.04, share + ": " + micros);
    }
  }
}
