package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// Which of several backends is asked.
final class BalanceTest extends FrontDoor {
  private static final int PATHS = 600;

  static String answer(String name) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + name.length() + "\r\n\r\n" + name;
  }

  private List<String> named(int count) throws IOException {
    var settings = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      settings.add("backend=" + backend(RecordingBackend.fixed(answer("b" + i))).setting());
    }
    return settings;
  }

  private FrontServer start(List<String> backends, String... more) {
    var all = new ArrayList<>(List.of(more));
    all.addAll(backends);
    return own(FrontServer.start(engine, site.root(), all));
  }

  private Map<String, Integer> turns(FrontServer server, int count) throws IOException {
    var turns = new HashMap<String, Integer>();
    RawClient client = connect(server);
    for (int i = 0; i < count; i++) {
      turns.merge(client.send(Wire.get("/app.cgi")).read().text(), 1, Integer::sum);
    }
    return turns;
  }

  private Map<String, String> byPath(FrontServer server) throws IOException {
    var found = new HashMap<String, String>();
    RawClient client = connect(server);
    for (int i = 0; i < PATHS; i++) {
      String path = "/page" + i + ".cgi";
      found.put(path, client.send(Wire.get(path + "?" + i)).read().text());
    }
    return found;
  }

  @Test
  void turnsAreSharedByAllLoopsAndHeedWeights() throws Exception {
    List<String> backends = named(3);
    String weight = backends.get(1).replace("backend=", "backend_weight=") + " 4";
    FrontServer server = start(backends, "threads=3", weight);
    for (int i = 0; i < 6; i++) {
      assertEquals(Map.of("b0", 1, "b1", 4, "b2", 1), turns(server, 6));
    }
  }

  @Test
  void theBackendWithTheFewestRequestsUnderWayIsAsked() throws Exception {
    var release = new CountDownLatch(1);
    RecordingBackend slow =
        backend(c -> {
          while (c.read() != null) {
            release.await();
            c.send(answer("slow"));
          }
        });
    RecordingBackend fast = backend(RecordingBackend.fixed(answer("fast")));
    FrontServer server =
        start(
            List.of("backend=" + slow.setting(), "backend=" + fast.setting()),
            "balance=least-connections");
    RawClient waiting = connect(server);
    while (slow.accepted() == 0) {
      waiting.send(Wire.get("/app.cgi"));
      if (slow.accepted() == 0 && !waiting.silentFor(50)) {
        waiting.read();
      }
    }
    assertEquals(Map.of("fast", 20), turns(server, 20));
    release.countDown();
    assertEquals("slow", waiting.read().text());
  }

  @Test
  void onePathHasOneBackendAndAnotherBackendLessMovesItsPathsOnly() throws Exception {
    List<String> backends = named(5);
    FrontServer server = start(backends, "balance=hash-path", "threads=2");
    Map<String, String> before = byPath(server);
    assertEquals(before, byPath(server));
    server.write(backends.get(2).replace("backend=", "backend=-"));
    Map<String, String> after = byPath(server);
    int moved = 0;
    for (Map.Entry<String, String> each : before.entrySet()) {
      if (each.getValue().equals("b2")) {
        moved++;
      } else {
        assertEquals(each.getValue(), after.get(each.getKey()));
      }
    }
    assertTrue(moved > PATHS / 5 * 0.7 && moved < PATHS / 5 * 1.3, "moved " + moved);
    server.write(backends.get(2));
    assertEquals(before, byPath(server));
  }

  @Test
  void theSameHashMeansTheSameBackendInEveryServer() throws Exception {
    List<String> backends = named(4);
    Map<String, String> one = byPath(start(backends, "balance=hash-path"));
    Map<String, String> other = byPath(start(backends.reversed(), "balance=hash-path"));
    assertEquals(one, other);
  }

  @Test
  void oneClientHasOneBackendAndATrustedOneAnswersForOthers() throws Exception {
    FrontServer server = start(named(4), "balance=hash-client", "trust=127.0.0.1");
    assertEquals(1, turns(server, 20).size());
    var found = new HashMap<String, Integer>();
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 40; i++) {
        String field = "X-Forwarded-For: 10.9.9.9, 192.0.2." + i;
        String backend = connect(server).send(Wire.get("/app.cgi", field)).read().text();
        found.merge(i + " " + backend, 1, Integer::sum);
      }
    }
    assertEquals(40, found.size());
    assertTrue(found.keySet().stream().map(k -> k.split(" ")[1]).distinct().count() > 2);
  }

  @Test
  void theSecondOfAHashIsAskedIfTheFirstIsFull() throws Exception {
    var release = new CountDownLatch(1);
    RecordingBackend.Script slow =
        c -> {
          while (c.read() != null) {
            release.await();
            c.send(answer("slow"));
          }
        };
    RecordingBackend one = backend(slow);
    RecordingBackend two = backend(slow);
    FrontServer server =
        start(
            List.of("backend=" + one.setting(), "backend=" + two.setting()),
            "balance=hash-path",
            "backend_maxconn=1");
    var waiting = new ArrayList<RawClient>();
    for (int i = 0; i < 2; i++) {
      waiting.add(connect(server).send(Wire.get("/app.cgi")));
    }
    take(one, two);
    release.countDown();
    for (RawClient client : waiting) {
      assertEquals("slow", client.read().text());
    }
    assertEquals(2, one.accepted() + two.accepted());
  }

  private static void take(RecordingBackend... each) throws InterruptedException {
    for (RecordingBackend backend : each) {
      backend.take();
    }
  }
}
