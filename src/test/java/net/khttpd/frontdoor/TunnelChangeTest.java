package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ServerSocket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import net.khttpd.client.Counter;
import net.khttpd.frontdoor.harness.BackendConnection;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// A tunnel, an answer and an upload without end, while the settings around them change: all three
/// go on, the change waits for none of them, and a loop that has nothing else ends with them.
final class TunnelChangeTest extends FrontDoor {
  private static final String STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

  /// What is under way with one backend, on a server of its own.
  private final class Underway {
    final RecordingBackend backend;
    final FrontServer server;
    final RawClient tunnel;
    final RawClient events;
    final RawClient upload;
    private final LinkedBlockingQueue<BackendConnection> eventSource = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Integer> uploaded = new LinkedBlockingQueue<>();
    private BackendConnection source;

    Underway(String... settings) throws Exception {
      backend = backend(this::serve);
      server = own(FrontServer.start(engine, site.root(), List.of(settings)));
      server.write("backend=" + backend.setting());
      tunnel = connect(server).send(UpgradeTest.WEB_SOCKET);
      assertEquals(UpgradeTest.SWITCHED, tunnel.head());
      events = connect(server).send(Wire.get("/events.cgi"));
      assertTrue(events.head().contains("text/event-stream"));
      source = eventSource.take();
      upload = connect(server);
      upload.send("POST /up.cgi HTTP/1.1\r\nHost: f\r\nTransfer-Encoding: chunked\r\n\r\n");
      goesOn();
    }

    private void serve(BackendConnection c) throws java.io.IOException, InterruptedException {
      for (String head = c.head(); !head.isEmpty(); head = c.head()) {
        if (head.contains("/chat")) {
          c.send(UpgradeTest.SWITCHED);
          while (true) {
            c.send(c.exactly(1));
          }
        } else if (head.contains("/events.cgi")) {
          c.send(STREAM);
          eventSource.add(c);
          c.awaitEnd();
        } else if (head.contains("/up.cgi")) {
          while (true) {
            uploaded.add(c.exactly(6).length); // a chunk of one octet
          }
        }
        c.send(RecordingBackend.OK);
      }
    }

    void goesOn() throws Exception {
      assertEquals("x", Wire.text(tunnel.send("x").exactly(1)));
      source.send("data: 1\n\n");
      assertEquals("9\r\ndata: 1\n\n\r\n", Wire.text(events.exactly(14)));
      upload.send("1\r\nx\r\n");
      assertEquals(6, uploaded.take());
    }

    void end() throws Exception {
      for (RawClient client : List.of(tunnel, events, upload)) {
        client.reset();
      }
    }
  }

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
  }

  private void survives(Underway underway, String... change) throws Exception {
    underway.server.write(change);
    underway.goesOn();
    try (var next = new RawClient(underway.server.portNow())) {
      assertEquals("alpha", next.send(Wire.get("/a.txt")).read().text());
    }
    underway.goesOn();
  }

  private Engine otherEngine() {
    return engine == Engine.EPOLL ? Engine.IO_URING : Engine.EPOLL;
  }

  @Test
  void threadsAndEngineChange() throws Exception {
    Set<Thread> before = loops(thread -> true);
    var underway = new Underway("threads=2");
    for (int i = 0; i < 3; i++) {
      survives(underway, "threads=1");
      survives(underway, "engine=" + otherEngine().setting(), "threads=3");
      survives(underway, "engine=" + engine.setting(), "threads=1");
    }
    underway.end();
    new LiveServer(this, underway.server, site)
        .await(() -> loops(thread -> !before.contains(thread)).size() == 1);
    assertEquals(0, underway.server.count(Counter.TUNNELS_NOW));
  }

  private static Set<Thread> loops(Predicate<Thread> which) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("khttpd-\\d+") && which.test(thread))
        .collect(Collectors.toSet());
  }

  @Test
  void portAndAddressChange() throws Exception {
    var underway = new Underway("address=*");
    int port;
    try (var free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    survives(underway, "serverport=" + port);
    survives(underway, "address=127.0.0.1");
  }

  @Test
  void backendsAndWhatElseIsSetChange() throws Exception {
    var underway =
        new Underway("logging=1", "access_log=" + site.outside().resolve(engine + ".log"));
    survives(underway, "backend=-" + underway.backend.setting());
    survives(underway, "logging=0", "documentroot=" + site.root().resolve("."));
    survives(
        underway,
        "timeout_backend=0.001",
        "timeout_idle=0.001",
        "timeout_send=0.001",
        "backend_maxconn=1");
  }

  @Test
  void aStopGivesThemTheDrainAndThenCutsThem() throws Exception {
    var underway = new Underway("drain=0.6");
    survives(underway, "engine=" + otherEngine().setting());
    Thread stopping = Thread.ofVirtual().start(underway.server.server()::stop);
    new LiveServer(this, underway.server, site)
        .await(() -> underway.server.server().state() == net.khttpd.control.Server.State.DRAINING);
    underway.goesOn();
    stopping.join();
    for (RawClient client : List.of(underway.tunnel, underway.events, underway.upload)) {
      client.assertGone();
    }
    new LiveServer(this, underway.server, site).await(() -> underway.backend.open() == 0);
    assertEquals(0, underway.server.count(Counter.TUNNELS_NOW));
  }
}
