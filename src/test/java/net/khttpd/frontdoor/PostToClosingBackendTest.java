package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import net.khttpd.client.Counter;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Received;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.RecordingBackend.Script;
import org.junit.jupiter.api.Test;

/// POST load on backends that close connections which they said they would keep: every request is
/// answered, and its body reaches the application once.
final class PostToClosingBackendTest extends FrontDoor {
  private static final boolean LONG = Boolean.getBoolean("khttpd.long");
  private static final long LOAD_NANOS =
      (LONG ? Integer.getInteger("khttpd.load", 60_000) : 700) * 1_000_000L;
  private static final int CLIENTS = 16;

  private final AtomicInteger next = new AtomicInteger();
  private final Map<String, Integer> seen = new ConcurrentHashMap<>();

  private FrontServer start(RecordingBackend backend, String... more) {
    var all = new ArrayList<>(List.of(more));
    all.add("threads=2");
    all.add("backend=" + backend.setting());
    return own(FrontServer.start(engine, site.root(), all));
  }

  private boolean answer(net.khttpd.frontdoor.harness.BackendConnection c) throws IOException {
    Received request = c.read();
    if (request == null) {
      return false;
    }
    seen.merge(request.text(), 1, Integer::sum);
    c.send(RecordingBackend.OK);
    return true;
  }

  /// Each client posts with pauses of up to so many milliseconds; answers by status.
  private Map<Integer, Integer> load(FrontServer server, RecordingBackend backend, int pauseMillis)
      throws Exception {
    seen.clear();
    next.set(0);
    var statuses = new ConcurrentHashMap<Integer, Integer>();
    var faults = new ConcurrentLinkedQueue<Throwable>();
    var clients = new ArrayList<Thread>();
    long end = System.nanoTime() + LOAD_NANOS;
    for (int i = 0; i < CLIENTS; i++) {
      int pause = i % 2 == 0 ? pauseMillis : pauseMillis / 30; // some are busier
      clients.add(
          Thread.ofVirtual()
              .start(() -> {
                try (var client = new RawClient(server.port())) {
                  while (System.nanoTime() < end) {
                    statuses.merge(post(client).status(), 1, Integer::sum);
                    pause(client, pause);
                  }
                } catch (Exception | AssertionError e) {
                  faults.add(e);
                }
              }));
    }
    for (Thread client : clients) {
      while (!client.join(Duration.ofMillis(100))) {
        backend.forget(); // it would remember every byte
      }
    }
    assertEquals(List.of(), List.copyOf(faults));
    return statuses;
  }

  private Answer post(RawClient client) throws IOException {
    String body = "body " + next.incrementAndGet();
    client.send(
        "POST /f HTTP/1.1\r\nHost: f\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    return client.read();
  }

  private static void pause(RawClient client, int millis) throws IOException {
    if (millis > 0) {
      client.silentFor(1 + ThreadLocalRandom.current().nextInt(millis));
    }
  }

  private void everyBodyCameOnce(Map<Integer, Integer> statuses) {
    if (LONG) {
      System.err.println(engine + " " + statuses);
    }
    assertEquals(1, statuses.size(), statuses::toString);
    assertEquals(next.get(), statuses.get(200));
    assertEquals(next.get(), seen.size(), "bodies that came");
    assertTrue(seen.values().stream().allMatch(times -> times == 1), "a body came twice");
  }

  @Test
  void thatCloseRightAfterTheirAnswer() throws Exception {
    Script closing =
        c -> {
          if (answer(c)) {
            long end = System.nanoTime() + ThreadLocalRandom.current().nextInt(1_000_000);
            while (System.nanoTime() < end) {
              Thread.yield(); // a request may come meanwhile
            }
          }
        };
    RecordingBackend backend = backend(closing);
    everyBodyCameOnce(load(start(backend), backend, 0));
  }

  @Test
  void thatCloseAfterSomeRequests() throws Exception {
    Script closing =
        c -> {
          int most = ThreadLocalRandom.current().nextInt(1, 4);
          while (most > 0 && answer(c)) {
            most--;
          }
        };
    RecordingBackend backend = backend(closing);
    everyBodyCameOnce(load(start(backend), backend, 0));
  }

  /// The long form has the times that applications have.
  @Test
  void thatCloseWhatHasBeenIdle() throws Exception {
    Script closing =
        c -> {
          c.patience(LONG ? ThreadLocalRandom.current().nextInt(1_000, 5_000) : 100);
          while (answer(c)) {}
        };
    RecordingBackend backend = backend(closing);
    everyBodyCameOnce(load(start(backend), backend, LONG ? 6_000 : 150));
  }

  /// Where connections are kept, they are used: not every request needs a new one.
  @Test
  void aBackendThatKeepsConnectionsIsSpareWithThem() throws Exception {
    Script keeping =
        c -> {
          while (answer(c)) {}
        };
    RecordingBackend backend = backend(keeping);
    FrontServer server = start(backend, "backend_maxconn=20");
    long end = System.nanoTime() + RawClient.DEADLINE_MILLIS * 1_000_000L;
    boolean spare = false;
    while (!spare) { // the server has to see first that connections are kept
      assertTrue(System.nanoTime() < end, "a connection for each request");
      long connects = server.count(Counter.BACKEND_CONNECTS);
      Map<Integer, Integer> statuses = load(server, backend, 0);
      spare = (server.count(Counter.BACKEND_CONNECTS) - connects) * 2 < next.get();
      everyBodyCameOnce(statuses);
    }
  }
}
