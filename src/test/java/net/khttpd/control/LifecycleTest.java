package net.khttpd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.khttpd.control.Server.State;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.Footprint;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Site;
import net.khttpd.frontdoor.harness.Wire;
import net.khttpd.kernel.KernelRefusal;
import net.khttpd.log.EventLog;
import net.khttpd.settings.Draft;
import net.khttpd.settings.OperatorException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Start, stop and unload in any order and at any moment (L1 to L4b, L6, L8, L10 of the original's
/// faults).
@ParameterizedClass(name = "{0}")
@EnumSource(Engine.class)
final class LifecycleTest {
  private static final int THREADS = 2;

  /// PREPARED, LISTENING and one for each loop.
  private static final int POINTS = 2 + THREADS;

  private static final long DEADLINE_SECONDS = 20;

  @Parameter private Engine engine = Engine.EPOLL;

  private final ByteArrayOutputStream events = new ByteArrayOutputStream();
  private final EventLog log = new EventLog(events, InstantSource.system());
  private final ExecutorService controllers = Executors.newCachedThreadPool();
  private final AtomicInteger reached = new AtomicInteger();
  private boolean injected;
  private volatile Point atPoint = _ -> {};
  private Site site;
  private Server server;

  /// What happens at a point of a start, counted from 0.
  private interface Point {
    void at(int number) throws OperatorException;
  }

  @BeforeEach
  void make() throws Exception {
    site = new Site().file("a.txt", "alpha");
    Draft draft = Draft.ofDefaults();
    for (String line :
        List.of(
            "serverport=0",
            "clientport=0",
            "address=127.0.0.1",
            "threads=" + THREADS,
            "engine=" + engine.setting(),
            "documentroot=" + site.root())) {
      draft.write(line);
    }
    server = new Server(draft.snapshot(), log, _ -> atPoint.at(reached.getAndIncrement()));
  }

  @AfterEach
  void end() throws Exception {
    server.close();
    log.close();
    site.close();
    controllers.shutdownNow();
    assertEquals(injected, events.toString().contains("a fault of ours"), events::toString);
  }

  private void write(String... assignments) throws OperatorException {
    server.write(List.of(assignments), "the test");
  }

  private <T> Future<T> meanwhile(Callable<T> call) {
    return controllers.submit(call);
  }

  private Future<Boolean> meanwhileWrite(String... assignments) {
    return meanwhile(() -> {
      write(assignments);
      return true;
    });
  }

  private int port() throws OperatorException {
    return URI.create(server.start().split(" ", 2)[0]).getPort();
  }

  private void assertServes(int port) throws Exception {
    try (var client = new RawClient(port)) {
      assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
    }
  }

  private static void done(Future<Boolean> write) throws Exception {
    assertTrue(write.get(DEADLINE_SECONDS, TimeUnit.SECONDS));
  }

  private void awaitState(State wanted) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (server.state() != wanted) {
      assertTrue(System.nanoTime() < end, () -> server.state() + " instead of " + wanted);
      Thread.onSpinWait();
    }
  }

  /// L4b: written while the start stands at this point, a stop comes after it.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void aStopWrittenAtAnyPointOfAStartIsNotMissed(int point) throws Exception {
    int port = port();
    write("stop=1");
    var stop = new ArrayList<Future<Boolean>>();
    reached.set(0);
    atPoint =
        number -> {
          if (number == point) {
            assertEquals(State.STARTING, server.state());
            stop.add(meanwhileWrite("stop=1"));
          }
        };
    write("start=1");
    done(stop.getFirst());
    assertEquals(State.IDLE, server.state());
    assertThrows(ConnectException.class, () -> new RawClient(port));
    assertEquals(0, Footprint.loops());
  }

  /// L3: a start written while a stop is draining waits, and then starts.
  @ParameterizedTest
  @ValueSource(strings = {"start=1", "stop=1", "unload=1", "timeout_idle=7"})
  void whatIsWrittenDuringADrainIsAnsweredWhenItsEffectIsThere(String written) throws Exception {
    var release = new CountDownLatch(1);
    try (var backend =
            new RecordingBackend(c -> {
              c.read();
              release.await();
              c.send(RecordingBackend.OK);
              c.awaitEnd();
            });
        var client = underWay(backend)) {
      Future<Boolean> stop = meanwhileWrite("stop=1");
      awaitState(State.DRAINING);
      assertTrue(server.settings().stop() && !server.settings().start());
      Future<Boolean> second = meanwhileWrite(written);
      if (written.startsWith("timeout")) {
        done(second); // acts at once
        assertEquals(7000, server.settings().timeoutIdleMillis());
      } else {
        assertFalse(second.isDone());
      }
      release.countDown();
      assertEquals("backend", client.read().text());
      client.reset(); // or it is lingered for
      done(stop);
      done(second);
    }
    boolean unloaded = written.startsWith("unload");
    awaitState(written.startsWith("start") ? State.RUNNING : unloaded ? State.ENDED : State.IDLE);
    assertFalse(server.settings().stop());
    if (!unloaded) {
      assertServes(port());
    }
  }

  private RawClient underWay(RecordingBackend backend) throws Exception {
    write("backend=" + backend.setting());
    RawClient client = new RawClient(port()).send(Wire.get("/app.cgi"));
    backend.take();
    return client;
  }

  @ParameterizedTest
  @ValueSource(strings = {"drain=0", "drain=0.1"})
  void aShorterDrainActsOnTheStopUnderWay(String drain) throws Exception {
    try (var backend = new RecordingBackend(c -> c.awaitEnd());
        var client = stuck(backend)) {
      Future<Boolean> stop = meanwhileWrite("stop=1");
      awaitState(State.DRAINING);
      write(drain);
      done(stop);
      client.assertGone();
    }
  }

  private RawClient stuck(RecordingBackend backend) throws Exception {
    write("drain=3600", "backend=" + backend.setting());
    RawClient client = new RawClient(port()).send(Wire.get("/app.cgi"));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (backend.accepted() == 0) {
      assertTrue(System.nanoTime() < end, "nothing is passed on");
      Thread.onSpinWait();
    }
    return client;
  }

  /// L6: an unload ends it in bounded time whatever its state, and whoever waits is told.
  @ParameterizedTest
  @ValueSource(strings = {"idle", "starting", "running"})
  void anUnloadAnswersItsWriterAndEndsInEveryState(String state) throws Exception {
    var unloaded = new CountDownLatch(1);
    server.whenUnloaded(unloaded::countDown);
    var unload = new ArrayList<Future<Boolean>>();
    switch (state) {
      case "starting" -> {
        atPoint =
            number -> {
              if (number == 1) {
                unload.add(meanwhileWrite("unload=1"));
              }
            };
        write("start=1");
      }
      case "running" -> write("start=1");
      default -> {}
    }
    if (unload.isEmpty()) {
      unload.add(meanwhileWrite("unload=1"));
    }
    done(unload.getFirst());
    assertTrue(unloaded.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
    assertEquals(State.ENDED, server.state());
    assertThrows(OperatorException.class, () -> write("start=1"));
  }

  /// L10: whatever fails at whatever point, nothing is left, and the next start serves.
  @ParameterizedTest
  @ValueSource(strings = {"operator", "fault", "kernel"})
  void aStartThatFailsAtAnyPointLeavesNothing(String kind) throws Exception {
    int port = port(); // everything is loaded and warm
    assertServes(port);
    write("stop=1");
    Footprint idle = Footprint.now();
    injected = kind.equals("fault");
    for (int point = kind.equals("kernel") ? 2 : 0; point < POINTS; point++) {
      int failing = point;
      reached.set(0);
      atPoint =
          number -> {
            if (number == failing) {
              fail(kind);
            }
          };
      assertThrows(Exception.class, () -> write("start=1", "timeout_idle=9"));
      assertEquals(State.IDLE, server.state());
      assertEquals(60_000, server.settings().timeoutIdleMillis());
      assertFalse(server.settings().start());
      idle.awaitAtMost();
      atPoint = _ -> {};
      write("start=1");
      assertServes(port);
      write("stop=1");
    }
    idle.awaitAtMost();
  }

  private static void fail(String kind) throws OperatorException {
    switch (kind) {
      case "operator" -> throw new OperatorException("threads: injected");
      case "kernel" -> throw new KernelRefusal("io_uring_setup", 12);
      default -> throw new IllegalStateException("injected fault");
    }
  }

  /// L8: connections in TIME_WAIT are no obstacle, another's listener is, with a clear sentence.
  @ParameterizedTest
  @ValueSource(ints = 3)
  void aBusyPortIsNamedAndTakenOnceItIsFree(int times) throws Exception {
    int port = port();
    for (int i = 0; i < times; i++) {
      try (var client = new RawClient(port)) {
        client.send(Wire.get("/a.txt", "Connection: close")).read();
        client.assertClosed(); // the end came from the server: its side is in TIME_WAIT
      }
      write("stop=1");
      Footprint idle = Footprint.now();
      try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        var refusal = assertThrows(OperatorException.class, () -> write("start=1"));
        assertTrue(refusal.sentence().startsWith("serverport: " + port), refusal.sentence());
        assertEquals(State.IDLE, server.state());
      }
      idle.awaitAtMost();
      write("start=1");
      assertServes(port);
    }
  }

  /// L2: two controllers, no pause between what they write.
  @ParameterizedTest
  @ValueSource(ints = 40)
  void twoControllersThatStartAndStopAtOnceAreAllAnswered(int times) throws Exception {
    int port = port();
    assertServes(port);
    Footprint running = Footprint.whenWatching();
    var all = new ArrayList<Future<Boolean>>();
    for (int controller = 0; controller < 2; controller++) {
      all.add(
          meanwhile(() -> {
            for (int i = 0; i < times; i++) {
              write("stop=1");
              write("start=1");
            }
            return true;
          }));
    }
    for (Future<Boolean> each : all) {
      done(each);
    }
    awaitState(State.RUNNING);
    assertServes(port);
    assertEquals(THREADS, Footprint.loops());
    running.awaitAtMost();
  }

  /// L4: as many loops as `threads` says, at all times.
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void thereAreAsManyLoopsAsThreads(int threads) throws Exception {
    write("threads=" + threads, "start=1");
    for (int i = 0; i < 10; i++) {
      assertEquals(threads, Footprint.loops());
      write("stop=1");
      assertEquals(0, Footprint.loops());
      write("start=1");
    }
  }
}
