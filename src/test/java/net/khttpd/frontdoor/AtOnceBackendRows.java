package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import net.khttpd.client.Counter;
import net.khttpd.frontdoor.AtOnceRows.Row;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Received;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;

/// The rows of [AtOnceRows] about passing on.
final class AtOnceBackendRows {
  private static final String PASSED_ON = Wire.get("/app.cgi");

  private AtOnceBackendRows() {}

  static List<Row> all() {
    return List.of(
        new Row("clientport", "65536", AtOnceBackendRows::clientPort),
        new Row("backend", "nowhere", AtOnceBackendRows::backend),
        new Row("timeout_connect", "0", AtOnceBackendRows::timeoutConnect),
        new Row("timeout_backend", "0", AtOnceBackendRows::timeoutBackend),
        new Row("timeout_tunnel", "0", AtOnceBackendRows::timeoutTunnel),
        new Row("backend_idle", "-1", AtOnceBackendRows::backendIdle),
        new Row("backend_maxconn", "0", l -> room(l, 200, "backend_maxconn=2")),
        new Row("backend_queue_timeout", "-1", l -> room(l, 503, "backend_queue_timeout=0.1")),
        new Row("via", "2", AtOnceBackendRows::via),
        new Row("trust", "nobody", AtOnceBackendRows::trust));
  }

  private static void clientPort(LiveServer live) throws Exception {
    assertEquals(404, live.get("/app.cgi").status());
    live.write("clientport=" + live.backend(RecordingBackend.fixed(RecordingBackend.OK)).port());
    assertEquals("backend", live.get("/app.cgi").text());
    live.write("clientport=0");
    assertEquals(404, live.get("/app.cgi").status());
  }

  /// The one that stays keeps its connection, the idle one of the other is closed, and what is
  /// under way there ends there.
  private static void backend(LiveServer live) throws Exception {
    var release = new CountDownLatch(1);
    RecordingBackend goes =
        live.backend(c -> {
          for (var r = c.read(); r != null; r = c.read()) {
            if (r.requestLine().contains("slow")) {
              release.await();
            }
            c.send(RecordingBackend.OK.replace("backend", "leaving"));
          }
        });
    RecordingBackend stays = live.backend(RecordingBackend.fixed(RecordingBackend.OK));
    live.write("backend_idle=60", "backend=" + goes.setting(), "backend=" + stays.setting());
    for (int i = 0; i < 4; i++) {
      live.get("/app.cgi");
    }
    RawClient slow = live.connect().send(Wire.get("/slow.cgi"));
    live.await(() ->
        goes.drain().stream().anyMatch(r -> r.requestLine().contains("slow"))
            || stays.drain().stream().anyMatch(r -> r.requestLine().contains("slow")));
    live.write("backend=-" + goes.setting());
    for (int i = 0; i < 4; i++) {
      assertEquals("backend", live.get("/app.cgi").text());
    }
    assertEquals(1, stays.accepted());
    release.countDown();
    assertEquals(200, slow.read().status());
    live.await(() -> goes.open() == 0);
    live.refuses("backend=no.such.host.invalid:80", "backend: no.such.host.invalid:80");
    live.refuses("backend=127.0.0.1:" + live.port(), "backend: 127.0.0.1:" + live.port());
    assertEquals("backend", live.get("/app.cgi").text());
  }

  /// A listener whose queue is full takes no more connections: the kernel drops their SYN.
  private static void timeoutConnect(LiveServer live) throws Exception {
    var waiting = new ArrayList<Socket>();
    try (var full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 2; i++) {
        waiting.add(new Socket(full.getInetAddress(), full.getLocalPort()));
      }
      live.write("timeout_connect=3600", "backend=127.0.0.1:" + full.getLocalPort());
      live.write("timeout_connect=0.2");
      assertEquals(504, live.get("/app.cgi").status());
    } finally {
      for (Socket each : waiting) {
        each.close();
      }
    }
  }

  private static void timeoutBackend(LiveServer live) throws Exception {
    RecordingBackend silent = live.backend(c -> c.awaitEnd());
    live.write("timeout_backend=3600", "backend=" + silent.setting());
    RawClient early = live.connect().send(PASSED_ON);
    live.await(() -> silent.accepted() == 1);
    live.write("timeout_backend=0.2");
    assertEquals(504, live.get("/app.cgi").status());
    assertTrue(early.silentFor(300), "what was under way kept its time");
  }

  private static void timeoutTunnel(LiveServer live) throws Exception {
    RecordingBackend backend = live.backend(UpgradeTest.ECHO);
    live.write("timeout_tunnel=3600", "backend=" + backend.setting());
    RawClient early = live.connect().send(UpgradeTest.WEB_SOCKET);
    early.head();
    live.write("timeout_tunnel=0.2");
    RawClient late = live.connect().send(UpgradeTest.WEB_SOCKET);
    late.head();
    late.assertClosed();
    assertTrue(early.silentFor(300), "what was under way kept its time");
  }

  private static void backendIdle(LiveServer live) throws Exception {
    RecordingBackend backend = live.withBackend("backend_idle=3600");
    live.get("/app.cgi");
    live.get("/app.cgi");
    assertEquals(1, backend.accepted());
    live.write("backend_idle=0");
    live.get("/app.cgi");
    live.get("/app.cgi");
    assertEquals(2, backend.accepted());
    live.await(() -> backend.open() == 0);
  }

  /// One request has the only connection; what becomes of the next one.
  private static void room(LiveServer live, int status, String write) throws Exception {
    RecordingBackend backend =
        live.backend(c -> {
          for (var r = c.read(); r != null; r = c.read()) {
            if (r.requestLine().contains("slow")) {
              c.awaitEnd();
            }
            c.send(RecordingBackend.OK);
          }
        });
    live.write("backend_maxconn=1", "backend_queue_timeout=3600", "backend=" + backend.setting());
    live.connect().send(Wire.get("/slow.cgi"));
    backend.take();
    live.write(write);
    assertEquals(status, live.get("/app.cgi").status());
  }

  private static void via(LiveServer live) throws Exception {
    RecordingBackend backend = live.withBackend();
    live.get("/app.cgi");
    assertTrue(backend.take().has("Via"));
    live.write("via=0");
    live.get("/app.cgi");
    assertFalse(backend.take().has("Via"));
  }

  private static void trust(LiveServer live) throws Exception {
    RecordingBackend backend = live.withBackend();
    live.get("/app.cgi", "X-Forwarded-For: 10.1.1.1");
    assertEquals("127.0.0.1", forwardedFor(backend.take()));
    live.write("trust=127.0.0.0/8");
    live.get("/app.cgi", "X-Forwarded-For: 10.1.1.1");
    assertEquals("10.1.1.1, 127.0.0.1", forwardedFor(backend.take()));
    assertEquals(2, live.count(Counter.PASSED_ON));
  }

  private static String forwardedFor(Received request) {
    return request.field("X-Forwarded-For").orElse("");
  }
}
