package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import net.khttpd.frontdoor.AtOnceRows.Row;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;

/// Rows for where the server listens, and by what it serves; a connection made before stays.
final class AtOnceServerRows {
  private AtOnceServerRows() {}

  static List<Row> all() {
    return List.of(
        new Row("serverport", "65536", AtOnceServerRows::serverPort),
        new Row("address", "nowhere", AtOnceServerRows::address),
        new Row("threads", "257", AtOnceServerRows::threads),
        new Row("engine", "kqueue", AtOnceServerRows::engine),
        new Row("accept_proxy", "maybe", AtOnceServerRows::acceptProxy),
        new Row("proc_mount", "relative", AtOnceServerRows::procMount));
  }

  /// What cannot be had is refused, and the old value stays. The files themselves need a process of
  /// their own, with jfuse: `ProcMountTest` in `real`.
  private static void procMount(LiveServer live) throws Exception {
    live.refuses("proc_mount=/proc/none/files", "proc_mount: ");
    assertEquals("", live.value("proc_mount"));
    live.write("proc_mount=");
    assertEquals("alpha", live.get("/a.txt").text());
  }

  private static void serverPort(LiveServer live) throws Exception {
    try (var before = live.connect();
        var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      live.refuses("serverport=" + taken.getLocalPort(), "serverport: " + taken.getLocalPort());
      int free = freePort();
      live.write("serverport=" + free);
      try (var after = new RawClient(free)) {
        assertEquals("alpha", after.send(Wire.get("/a.txt")).read().text());
      }
      assertThrows(ConnectException.class, () -> new RawClient(live.port()).close());
      assertEquals("alpha", before.send(Wire.get("/a.txt")).read().text());
    }
  }

  private static void acceptProxy(LiveServer live) throws Exception {
    String line = "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n";
    try (var before = live.connect()) {
      assertEquals("alpha", before.send(Wire.get("/a.txt")).read().text());
      live.write("accept_proxy=required");
      live.connect().send(Wire.get("/a.txt")).assertGone();
      RawClient told = live.connect().send(line + Wire.get("/a.txt"));
      assertEquals("alpha", told.read().text());
      assertEquals("alpha", before.send(Wire.get("/a.txt")).read().text());
      live.write("accept_proxy=forbidden");
      assertEquals(400, live.connect().send(line + Wire.get("/a.txt")).read().status());
      assertEquals("alpha", told.send(Wire.get("/a.txt")).read().text());
    }
  }

  private static int freePort() throws Exception {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static void address(LiveServer live) throws Exception {
    InetAddress other = InetAddress.ofLiteral("127.0.0.2");
    try (var before = live.connect()) {
      assertThrows(ConnectException.class, () -> new Socket(other, live.port()).close());
      live.write("address=*");
      new Socket(other, live.port()).close();
      live.write("address=127.0.0.1");
      assertThrows(ConnectException.class, () -> new Socket(other, live.port()).close());
      live.refuses("address=192.0.2.1", "address: 192.0.2.1");
      assertEquals("alpha", before.send(Wire.get("/a.txt")).read().text());
    }
  }

  private static void threads(LiveServer live) throws Exception {
    try (var before = live.connect()) {
      assertEquals(1, live.loops());
      live.write("threads=3");
      assertEquals(3, live.loops());
      assertTrue(live.ready().contains(" threads=3 "), live.ready());
      live.write("threads=1");
      assertTrue(live.ready().contains(" threads=1 "), live.ready());
      assertEquals("alpha", before.send(Wire.get("/a.txt")).read().text());
    }
  }

  private static void engine(LiveServer live) throws Exception {
    String other = live.ready().contains("engine=epoll ") ? "io_uring" : "epoll";
    try (var before = live.connect()) {
      assertEquals("alpha", before.send(Wire.get("/a.txt")).read().text());
      live.write("engine=" + other);
      assertTrue(live.ready().contains("engine=" + other + " "), live.ready());
      assertEquals("alpha", before.send(Wire.get("/a.txt")).read().text());
      assertEquals("alpha", live.get("/a.txt").text());
    }
  }
}
