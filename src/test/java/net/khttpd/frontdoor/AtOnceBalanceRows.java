package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import net.khttpd.client.Counter;
import net.khttpd.frontdoor.AtOnceRows.Row;
import net.khttpd.frontdoor.harness.RecordingBackend;

/// The rows of [AtOnceRows] about several backends.
final class AtOnceBalanceRows {
  private AtOnceBalanceRows() {}

  static List<Row> all() {
    return List.of(
        new Row("balance", "random", AtOnceBalanceRows::balance),
        new Row("backend_weight", "127.0.0.1:80 0", AtOnceBalanceRows::weight),
        new Row("backend_drain", "nowhere", AtOnceBalanceRows::drain),
        new Row("route", "api 127.0.0.1:80", AtOnceBalanceRows::route),
        new Row("backend_resolve", "-1", AtOnceBalanceRows::nothingBreaks),
        new Row("backend_retries", "17", AtOnceBalanceRows::retries),
        new Row("backend_eject", "101", l -> out(l, "backend_eject=3", "backend_eject=1")),
        new Row(
            "backend_eject_window",
            "0",
            l -> out(l, "backend_eject_window=0.001", "backend_eject_window=3600")),
        new Row("backend_eject_time", "0", AtOnceBalanceRows::ejectTime),
        new Row("backend_check", "health", AtOnceBalanceRows::check),
        new Row("backend_check_interval", "0", l -> asked(l, "backend_check_interval=0.02")),
        new Row("backend_check_timeout", "0", AtOnceBalanceRows::checkTimeout),
        new Row("backend_check_rise", "0", AtOnceBalanceRows::nothingBreaks),
        new Row("backend_check_fall", "0", AtOnceBalanceRows::checkFall));
  }

  private static RecordingBackend named(LiveServer live, String name) throws Exception {
    String answer = "HTTP/1.1 200 OK\r\nContent-Length: " + name.length() + "\r\n\r\n" + name;
    return live.backend(RecordingBackend.fixed(answer));
  }

  private static Map<String, Integer> turns(LiveServer live, int count) throws Exception {
    var turns = new HashMap<String, Integer>();
    for (int i = 0; i < count; i++) {
      turns.merge(live.get("/app.cgi?" + i).text(), 1, Integer::sum);
    }
    return turns;
  }

  private static void balance(LiveServer live) throws Exception {
    live.write("backend=" + named(live, "a").setting(), "backend=" + named(live, "b").setting());
    assertEquals(Map.of("a", 4, "b", 4), turns(live, 8));
    live.write("balance=hash-path");
    assertEquals(1, turns(live, 8).size());
    live.write("balance=round-robin");
    assertEquals(2, turns(live, 8).size());
  }

  private static void weight(LiveServer live) throws Exception {
    RecordingBackend a = named(live, "a");
    live.write("backend=" + a.setting(), "backend=" + named(live, "b").setting());
    live.write("backend_weight=" + a.setting() + " 3");
    assertEquals(Map.of("a", 6, "b", 2), turns(live, 8));
    live.write("backend_weight=-" + a.setting() + " 3");
    assertEquals(Map.of("a", 4, "b", 4), turns(live, 8));
  }

  private static void drain(LiveServer live) throws Exception {
    RecordingBackend a = named(live, "a");
    live.write("backend_idle=60");
    live.write("backend=" + a.setting(), "backend=" + named(live, "b").setting());
    assertEquals(Map.of("a", 4, "b", 4), turns(live, 8));
    live.write("backend_drain=" + a.setting());
    live.await(() -> a.open() == 0);
    assertEquals(Map.of("b", 8), turns(live, 8));
    live.write("backend_drain=-" + a.setting());
    assertEquals(Map.of("a", 4, "b", 4), turns(live, 8));
  }

  private static void route(LiveServer live) throws Exception {
    String route = "route=*/app.cgi " + named(live, "a").setting();
    live.write("backend=" + named(live, "b").setting());
    assertEquals("b", live.get("/app.cgi").text());
    live.write(route);
    assertEquals("a", live.get("/app.cgi").text());
    assertEquals("b", live.get("/other.cgi").text());
    live.write(route.replace("=*", "=-*"));
    assertEquals("b", live.get("/app.cgi").text());
  }

  private static void nothingBreaks(LiveServer live) throws Exception {
    live.withBackend("backend_resolve=0.05", "backend_check_rise=1");
    assertEquals("backend", live.get("/app.cgi").text());
  }

  private static void retries(LiveServer live) throws Exception {
    RecordingBackend rude = live.backend(c -> c.head());
    live.write("backend_eject=0", "backend=" + rude.setting());
    live.write("backend=" + live.backend(c -> c.head()).setting());
    assertEquals(502, live.get("/app.cgi").status());
    assertEquals(1, live.count(Counter.RETRIES));
    live.write("backend_retries=0");
    assertEquals(502, live.get("/app.cgi").status());
    assertEquals(1, live.count(Counter.RETRIES));
  }

  /// A backend that ends every connection, beside one that answers: whether it is still asked.
  private static void out(LiveServer live, String before, String after) throws Exception {
    RecordingBackend rude = live.backend(c -> c.head());
    live.write(before, "backend=" + rude.setting(), "backend=" + named(live, "b").setting());
    turns(live, 4);
    assertEquals(2, rude.accepted());
    live.write("backend_eject=1", after);
    turns(live, 8);
    assertEquals(3, rude.accepted());
  }

  private static void ejectTime(LiveServer live) throws Exception {
    RecordingBackend rude = live.backend(c -> c.head());
    live.write("backend=" + rude.setting(), "backend=" + named(live, "b").setting());
    live.write("backend_eject=1", "backend_eject_time=0.001");
    turns(live, 8);
    assertTrue(rude.accepted() > 1);
    live.write("backend_eject_time=3600");
    turns(live, 4);
    int before = rude.accepted();
    turns(live, 8);
    assertEquals(before, rude.accepted());
  }

  private static void check(LiveServer live) throws Exception {
    RecordingBackend backend = live.withBackend("backend_check_interval=0.02");
    live.write("backend_check=/health?x");
    live.await(() ->
        backend.drain().stream().anyMatch(r -> r.requestLine().equals("GET /health?x HTTP/1.1")));
    live.write("backend_check=off");
    live.await(() -> backend.open() == 0);
  }

  private static void asked(LiveServer live, String write) throws Exception {
    RecordingBackend backend =
        live.withBackend("backend_check_interval=3600", "backend_check=/health");
    live.await(() -> backend.accepted() == 1);
    live.write(write);
    live.await(() -> backend.accepted() > 5);
  }

  private static void checkTimeout(LiveServer live) throws Exception {
    RecordingBackend silent =
        live.backend(c -> {
          if (c.head().contains("/health")) {
            c.stall();
          }
          c.send(RecordingBackend.OK);
        });
    live.write("backend_check_fall=1", "backend_check_timeout=3600", "backend_check=/health");
    live.write("backend=" + silent.setting());
    live.await(() -> silent.accepted() == 1);
    assertEquals("backend", live.get("/app.cgi").text());
    live.write("backend_check_timeout=0.02", "backend_check_interval=0.02");
    live.write("backend_check=/health2");
    live.await(() -> live.get("/app.cgi").status() == 503);
  }

  private static void checkFall(LiveServer live) throws Exception {
    var checks = new AtomicInteger();
    RecordingBackend ill =
        live.backend(c -> {
          boolean check = c.head().contains("/health");
          checks.addAndGet(check ? 1 : 0);
          c.send("HTTP/1.1 " + (check ? 500 : 200) + " x\r\nContent-Length: 0\r\n\r\n");
        });
    live.write("backend_check_fall=100", "backend_check_interval=0.01", "backend_check=/health");
    live.write("backend=" + ill.setting());
    live.await(() -> checks.get() > 3);
    assertEquals(200, live.get("/app.cgi").status());
    live.write("backend_check_fall=1");
    live.await(() -> live.get("/app.cgi").status() == 503);
  }
}
