package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// Backends that are taken out: after failures, by their checks, and by the operator.
final class BackendHealthTest extends FrontDoor {
  private static final String GOOD = BalanceTest.answer("good");
  private static final String ILL = BalanceTest.answer("ill");

  private FrontServer start(String... settings) {
    return own(FrontServer.start(engine, site.root(), List.of(settings)));
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + RawClient.DEADLINE_MILLIS * 1_000_000L;
    while (!condition.call()) {
      assertTrue(System.nanoTime() < end, "not within the deadline");
      Thread.onSpinWait();
    }
  }

  /// The event has one line in the log, which is written by a thread of its own.
  private static void told(FrontServer server, String part) throws Exception {
    await(() -> server.events().contains(part));
    assertEquals(1, server.events().lines().filter(line -> line.contains(part)).count());
  }

  private static String state(FrontServer server, int backend) {
    return String.valueOf(server.statistics().get("stats.backend" + backend + ".state"));
  }

  private String get(FrontServer server) throws IOException {
    return connect(server).send(Wire.get("/app.cgi")).read().text();
  }

  @Test
  void threeFailuresTakeABackendOutAndOneRequestOfAllLoopsTriesIt() throws Exception {
    var well = new AtomicBoolean();
    var asked = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    RecordingBackend ill =
        backend(c -> {
          while (!c.head().isEmpty()) {
            if (!well.get()) {
              return;
            }
            asked.countDown();
            release.await();
            c.send(ILL);
          }
        });
    RecordingBackend good = backend(RecordingBackend.fixed(GOOD));
    FrontServer server =
        start(
            "threads=3",
            "backend_eject_time=1",
            "backend=" + ill.setting(),
            "backend=" + good.setting());
    for (int i = 0; i < 12; i++) {
      assertEquals("good", get(server), "the client notices nothing");
    }
    assertEquals(3, ill.accepted());
    assertEquals("0", server.statistics().get("stats.backend0.up"));
    told(server, ill.setting() + ": out for 1 s after 3 failures within 10 s");
    await(() -> state(server, 0).equals("trial"));
    well.set(true);
    var waiting = new ArrayList<RawClient>();
    while (asked.getCount() > 0) { // the trial begins when its turn has come
      waiting.add(connect(server).send(Wire.get("/app.cgi")));
      waiting.getLast().silentFor(20);
    }
    for (int i = 0; i < 12; i++) {
      assertEquals("good", get(server), "only one request tries it");
    }
    assertEquals(4, ill.accepted());
    release.countDown();
    await(() -> state(server, 0).equals("up"));
    told(server, ill.setting() + ": back, since it answers again");
    int answered = 0;
    for (RawClient client : waiting) {
      answered += client.read().text().equals("ill") ? 1 : 0;
    }
    assertEquals(1, answered);
  }

  @Test
  void aBackendThatRefusesConnectionsIsTakenOutToo() throws Exception {
    RecordingBackend gone = backend(RecordingBackend.fixed(ILL));
    gone.close();
    RecordingBackend good = backend(RecordingBackend.fixed(GOOD));
    FrontServer server =
        start("backend=" + gone.setting(), "backend=" + good.setting(), "backend_eject_time=60");
    for (int i = 0; i < 12; i++) {
      assertEquals("good", get(server));
    }
    assertEquals("out", state(server, 0));
  }

  @Test
  void ifAllAreOutTheyAreAskedAllTheSame() throws Exception {
    var well = new AtomicBoolean();
    RecordingBackend alone =
        backend(c -> {
          while (!c.head().isEmpty() && well.get()) {
            c.send(GOOD);
          }
        });
    FrontServer server = start("backend=" + alone.setting(), "backend_eject_time=3600");
    for (int i = 0; i < 5; i++) {
      assertEquals(502, connect(server).send(Wire.get("/app.cgi")).read().status());
    }
    assertEquals("out", state(server, 0));
    well.set(true);
    assertEquals("good", get(server));
    assertEquals("up", state(server, 0));
  }

  @Test
  void checksTakeABackendDownAndBringItUp() throws Exception {
    var status = new java.util.concurrent.atomic.AtomicInteger(200);
    RecordingBackend.Script script =
        c -> {
          for (String head = c.head(); !head.isEmpty(); head = c.head()) {
            boolean check = head.startsWith("GET /health HTTP/1.1\r\n");
            int now = check ? status.get() : 200;
            c.send("HTTP/1.1 " + now + " x\r\nContent-Length: 3\r\n\r\nill");
          }
        };
    RecordingBackend ill = backend(script);
    RecordingBackend good = backend(RecordingBackend.fixed(GOOD));
    FrontServer server =
        start(
            "backend=" + ill.setting(),
            "backend=" + good.setting(),
            "backend_check=/health",
            "backend_check_interval=0.02");
    await(() -> get(server).equals("ill"));
    status.set(503);
    await(() -> state(server, 0).equals("down"));
    for (int i = 0; i < 6; i++) {
      assertEquals("good", get(server));
    }
    told(server, ill.setting() + ": down, since its check /health was answered 503");
    status.set(302);
    await(() -> state(server, 0).equals("up"));
    await(() -> get(server).equals("ill"));
    told(server, ill.setting() + ": up, since its check /health was answered 302");
  }

  @Test
  void whatIsDownByItsChecksIs503UntilChecksEnd() throws Exception {
    RecordingBackend silent =
        backend(c -> {
          if (c.head().contains("/health")) {
            c.stall();
          }
          c.send(GOOD);
        });
    FrontServer server =
        start(
            "backend=" + silent.setting(),
            "backend_check_timeout=0.02",
            "backend_check_interval=0.02",
            "backend_check=/health");
    await(() -> connect(server).send(Wire.get("/app.cgi")).read().status() == 503);
    server.write("backend_check=off");
    await(() -> get(server).equals("good"));
    assertEquals("up", state(server, 0));
  }

  @Test
  void aDrainedBackendFinishesWhatIsUnderWay() throws Exception {
    var release = new CountDownLatch(1);
    RecordingBackend leaving =
        backend(c -> {
          for (var r = c.read(); r != null; r = c.read()) {
            if (r.requestLine().contains("slow")) {
              release.await();
            }
            c.send(ILL);
          }
        });
    FrontServer server = start("threads=2", "backend_idle=60", "backend=" + leaving.setting());
    RawClient slow = connect(server).send(Wire.get("/slow.cgi"));
    leaving.take();
    get(server);
    server.write("backend_drain=" + leaving.setting());
    await(() -> leaving.open() == 1);
    assertEquals("draining", state(server, 0));
    assertEquals(503, connect(server).send(Wire.get("/app.cgi")).read().status());
    RecordingBackend good = backend(RecordingBackend.fixed(GOOD));
    server.write("backend=" + good.setting());
    for (int i = 0; i < 4; i++) {
      assertEquals("good", get(server));
    }
    release.countDown();
    assertEquals("ill", slow.read().text());
    await(() -> leaving.open() == 0);
    server.write("backend_drain=-" + leaving.setting());
    await(() -> get(server).equals("ill"));
    told(server, leaving.setting() + ": draining");
  }
}
