package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import net.khttpd.client.Counter;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;

/// One row for each setting that acts at once: how its effect shows in a running server.
final class AtOnceRows {
  /// Shows the effect of a write.
  @FunctionalInterface
  interface Effect {
    void show(LiveServer live) throws Exception;
  }

  /// @param setting its name
  /// @param bad what its kind refuses; null where every text is good
  record Row(String setting, String bad, Effect effect) {
    @Override
    public String toString() {
      return setting;
    }
  }

  private AtOnceRows() {}

  static List<Row> ofFiles() {
    return List.of(
        new Row("documentroot", "relative", AtOnceRows::documentRoot),
        new Row("index", "a/b", l -> l.turns("/", 404, 200, "index=home.html")),
        new Row("autoindex", "2", l -> l.turns("/sub/", 404, 200, "autoindex=1")),
        new Row("try", "a.txt", l -> l.turns("/absent", 404, 200, "try=/a.txt")),
        new Row("error_page", "403 /a.txt", AtOnceRows::errorPage),
        new Row("vhost", "a b", l -> l.turns("/a.txt", 200, 404, "vhost=other.test")),
        new Row("perm_required", "x", l -> l.turns("/a.txt", 200, 404, "perm_required=0222")),
        new Row("perm_forbid", "08", l -> l.turns("/a.txt", 200, 404, "perm_forbid=0400")),
        new Row(
            "dynamic",
            "",
            l -> {
              l.turns("/sub/b.txt", 200, 404, "dynamic=/sub/");
              l.turns("/sub/b.txt", 404, 200, "dynamic=-/sub/");
            }),
        new Row("active", ".txt", l -> l.turns("/a.txt", 200, 404, "active=txt")),
        new Row("marker", "a/b", l -> l.turnsToBackend("/sub/b.txt", true, "marker=.private")),
        new Row("hosts", "-x-", l -> l.turnsToBackend("/a.txt", true, "hosts=only.example")),
        new Row("query", "(", l -> l.turnsToBackend("/a.txt?x=1", false, "query=ignore")),
        new Row("pass_authorization", "2", AtOnceRows::passAuthorization),
        new Row("symlinks", "all", AtOnceRows::symlinks),
        new Row("symlink_roots", "rel", AtOnceRows::symlinkRoots),
        new Row("sloppymime", "yes", l -> l.turnsToBackend("/a.weird", false, "sloppymime=1")),
        new Row("default_type", "text", l -> type(l, "/a.weird", "text/x-d", "default_type=")),
        new Row("mime", "weird", l -> type(l, "/a.weird", "text/x-w", "mime=weird=")),
        new Row("charset", "a b", AtOnceRows::charset),
        new Row("etag", "none", AtOnceRows::etag),
        new Row("precompressed", "deflate", AtOnceRows::precompressed),
        new Row(
            "cache_control",
            "/** max-age=",
            l -> field(l, "Cache-Control", "no-cache", "cache_control=*.txt no-cache")),
        new Row("header", "/** Date: x", l -> field(l, "X-A", "b", "header=/** X-A: b")),
        new Row(
            "nosniff",
            "2",
            l -> {
              l.write("nosniff=0");
              field(l, "X-Content-Type-Options", "nosniff", "nosniff=1");
            }),
        new Row("cache_bytes", "-1", l -> opens(l, "/a.txt", "cache_bytes=0")),
        new Row("cache_entries", "15", AtOnceRows::cacheEntries),
        new Row("sendfile_min", "16383", l -> opens(l, "/20k.txt", "sendfile_min=16384")));
  }

  static List<Row> ofClients() {
    return List.of(
        new Row("maxconnect", "0", l -> limit(l, "maxconnect=1")),
        new Row("maxconnect_client", "-1", l -> limit(l, "maxconnect_client=1")),
        new Row("head_max", "1023", AtOnceRows::headMax),
        new Row("head_fields", "7", AtOnceRows::headFields),
        new Row(
            "target_max", "255", l -> l.turns("/" + "x".repeat(300), 404, 414, "target_max=256")),
        new Row("timeout_head", "0", AtOnceRows::timeoutHead),
        new Row("timeout_idle", "0", AtOnceRows::timeoutIdle),
        new Row("timeout_send", "0", l -> slowReader(l, false, "timeout_send=0.2")),
        new Row("send_rate_min", "-1", l -> slowReader(l, true, "send_rate_min=1M")),
        new Row("logging", "2", AtOnceRows::logging),
        new Row("access_log", "rel", AtOnceRows::accessLog),
        new Row("access_log_format", "", AtOnceRows::accessLogFormat),
        new Row("backlog", "0", AtOnceRows::backlog),
        new Row("metrics_address", "9100", AtOnceRows::metricsAddress),
        new Row(
            "server",
            "2",
            l -> {
              l.write("server=0");
              field(l, "Server", "khttpd", "server=1");
            }),
        new Row("drain", "-1", l -> l.stopsSoonAfter("drain=0.1")),
        new Row("start", "2", l -> assertEquals("1", l.value("start"))),
        new Row("stop", "2", l -> l.stopsSoonAfter("drain=0")),
        new Row("unload", "2", l -> assertEquals("0", l.value("unload"))));
  }

  private static void documentRoot(LiveServer live) throws Exception {
    assertEquals("alpha", live.get("/a.txt").text());
    live.write("documentroot=" + live.otherRoot());
    assertEquals("other", live.get("/a.txt").text());
  }

  private static void errorPage(LiveServer live) throws Exception {
    live.turns("/absent", 404, 404, "error_page=404 /a.txt");
    assertEquals("alpha", live.get("/absent").text());
  }

  private static void passAuthorization(LiveServer live) throws Exception {
    live.withBackend();
    assertEquals("backend", live.get("/a.txt", "Authorization: Basic eDp5").text());
    live.write("pass_authorization=0");
    assertEquals("alpha", live.get("/a.txt", "Authorization: Basic eDp5").text());
  }

  private static void symlinks(LiveServer live) throws Exception {
    live.link("linked.txt", "a.txt");
    live.turns("/linked.txt", 200, 404, "symlinks=none");
  }

  private static void symlinkRoots(LiveServer live) throws Exception {
    live.turns("/link/a.txt", 404, 200, "symlink_roots=" + live.otherRoot());
  }

  private static void type(LiveServer live, String target, String type, String write)
      throws Exception {
    assertEquals("application/octet-stream", live.get(target).field("Content-Type").orElse(""));
    live.write(write + type);
    assertEquals(type, live.get(target).field("Content-Type").orElse(""));
  }

  private static void charset(LiveServer live) throws Exception {
    assertEquals("text/plain", live.get("/a.txt").field("Content-Type").orElse(""));
    live.write("charset=utf-8");
    assertEquals("text/plain; charset=utf-8", live.get("/a.txt").field("Content-Type").orElse(""));
  }

  private static void etag(LiveServer live) throws Exception {
    String byTime = live.get("/a.txt").field("ETag").orElse("");
    live.write("etag=content");
    String byContent = live.get("/a.txt").field("ETag").orElse("");
    assertTrue(byContent.length() == 34 && !byContent.equals(byTime), byContent);
  }

  private static void precompressed(LiveServer live) throws Exception {
    String gzip = "Accept-Encoding: gzip";
    assertEquals("coded", live.get("/home.html", gzip).text());
    live.write("precompressed=-gzip");
    assertEquals("home", live.get("/home.html", gzip).text());
    live.write("precompressed=gzip");
    assertEquals("coded", live.get("/home.html", gzip).text());
  }

  /// The field is not there before the write.
  static void field(LiveServer live, String name, String value, String write) throws Exception {
    assertEquals("", live.get("/a.txt").field(name).orElse(""));
    live.write(write);
    assertEquals(value, live.get("/a.txt").field(name).orElse(""));
  }

  /// A file that finds no room in memory is sent from its descriptor, which stays open.
  private static void opens(LiveServer live, String target, String write) throws Exception {
    live.get(target);
    assertEquals(0, live.openDescriptorsOf(target));
    live.write(write);
    live.get(target);
    assertEquals(1, live.openDescriptorsOf(target));
  }

  private static void cacheEntries(LiveServer live) throws Exception {
    assertEquals(0, live.missesOfSecondRound(40));
    live.write("cache_entries=16");
    assertTrue(live.missesOfSecondRound(40) > 20);
  }

  private static void limit(LiveServer live, String write) throws Exception {
    RawClient first = live.connect();
    assertEquals(200, first.send(Wire.get("/a.txt")).read().status());
    assertEquals(200, live.get("/a.txt").status());
    live.awaitConnections(1);
    live.write(write);
    assertEquals(503, live.connect().send(Wire.get("/a.txt")).read().status());
    assertEquals(200, first.send(Wire.get("/a.txt")).read().status());
  }

  private static void headMax(LiveServer live) throws Exception {
    String long2k = "X: " + "x".repeat(2000);
    assertEquals(200, live.get("/a.txt", long2k).status());
    RawClient begun = live.connect().send("GET /a.txt HTTP/1.1\r\nHost: a\r\n");
    live.await(() -> live.count(Counter.CONNECTIONS) >= 2);
    live.write("target_max=256", "head_max=1024");
    assertEquals(431, live.get("/a.txt", long2k).status());
    live.write("head_max=32768");
    assertEquals(200, live.get("/a.txt", "X: " + "x".repeat(20_000)).status());
    assertEquals(200, begun.send("\r\n").read().status());
  }

  private static void headFields(LiveServer live) throws Exception {
    String[] ten = new String[10];
    java.util.Arrays.setAll(ten, i -> "X" + i + ": x");
    assertEquals(200, live.get("/a.txt", ten).status());
    live.write("head_fields=8");
    assertEquals(431, live.get("/a.txt", ten).status());
  }

  private static void timeoutHead(LiveServer live) throws Exception {
    live.write("timeout_head=0.2");
    assertEquals(408, live.connect().send("GET / HT").read().status());
  }

  private static void timeoutIdle(LiveServer live) throws Exception {
    RawClient client = live.connect();
    assertEquals(200, client.send(Wire.get("/a.txt")).read().status());
    live.write("timeout_idle=0.2");
    assertEquals(200, client.send(Wire.get("/a.txt")).read().status());
    client.assertClosed();
  }

  /// One that takes nothing is cut after timeout_send, one that takes little by send_rate_min.
  private static void slowReader(LiveServer live, boolean takesSome, String write)
      throws Exception {
    if (takesSome) {
      live.write("timeout_send=0.2");
    }
    live.write(write);
    RawClient client = live.connectSlowly().send(Wire.get("/large.txt"));
    client.head();
    live.await(() -> {
      if (takesSome) {
        client.skip(16);
        LockSupport.parkNanos(1_000_000); // a slow reader: 16 KB a second at most
      }
      return live.count(Counter.TIMEOUTS) > 0;
    });
  }

  private static void logging(LiveServer live) throws Exception {
    live.write("access_log=" + live.file("one.log"));
    live.get("/a.txt?one");
    live.write("logging=1");
    live.get("/a.txt?two");
    live.awaitText("one.log", "?two");
    live.write("logging=0");
    assertTrue(!Files.readString(live.file("one.log")).contains("?one"));
    live.get("/a.txt?three");
    live.write("logging=1");
    live.get("/a.txt?four");
    live.awaitText("one.log", "?four");
    assertTrue(!Files.readString(live.file("one.log")).contains("?three"));
  }

  private static void accessLog(LiveServer live) throws Exception {
    live.write("logging=1", "access_log=" + live.file("first.log"));
    live.get("/a.txt?one");
    live.write("access_log=" + live.file("second.log"));
    live.get("/a.txt?two");
    live.awaitText("second.log", "?two");
    assertTrue(!Files.readString(live.file("first.log")).contains("?two"));
    live.refuses("access_log=/nowhere/x.log", "access_log: /nowhere/x.log");
    live.get("/a.txt?still");
    live.awaitText("second.log", "?still");
  }

  private static void accessLogFormat(LiveServer live) throws Exception {
    live.write("logging=1", "access_log=" + live.file("format.log"));
    live.write("access_log_format=[%U]");
    live.get("/a.txt");
    live.awaitText("format.log", "[/a.txt]\n");
  }

  /// What listen(2) was told, as ss(8) shows it.
  private static void metricsAddress(LiveServer live) throws Exception {
    int port;
    try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = probe.getLocalPort();
    }
    live.write("metrics_address=127.0.0.1:" + port);
    try (var client = new RawClient(port)) {
      String page = client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").read().text();
      assertTrue(page.contains("khttpd_requests_total"), page);
    }
    live.write("metrics_address=");
    assertThrows(ConnectException.class, () -> new RawClient(port).close());
  }

  private static void backlog(LiveServer live) throws Exception {
    live.write("backlog=7");
    assertEquals("7", live.backlog());
  }
}
