package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that vanish at every stage leave nothing behind: no descriptor, no share of maxconnect.
final class ResetTest extends FrontDoor {
  private static final int TIMES = 40;
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";

  /// Where in its request's life a client vanishes.
  enum Stage {
    CONNECTED(""),
    WITHIN_THE_HEAD("GET /a.txt HTT"),
    AFTER_THE_REQUEST(Wire.get("/a.txt")),
    WITHIN_A_LARGE_ANSWER(Wire.get("/big.txt")),
    WITHIN_AN_UPLOAD("POST /app.cgi HTTP/1.1\r\nHost: f\r\nContent-Length: 1000\r\n\r\nabc"),
    WITHIN_A_CHUNK(
        "POST /app.cgi HTTP/1.1\r\nHost: f\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc"),
    WHILE_THE_BACKEND_THINKS(Wire.get("/slow.cgi")),
    AFTER_A_BATCH(Wire.get("/a.txt").repeat(50) + Wire.get("/app.cgi").repeat(5)),
    AFTER_AN_ERROR("BAD\r\n\r\n");

    final String sent;

    Stage(String sent) {
      this.sent = sent;
    }
  }

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha").sparse("big.txt", 1L << 30);
  }

  private static long descriptors() throws IOException {
    try (var all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void aResetLeavesNothing(Stage stage) throws Exception {
    vanish(stage, RawClient::reset);
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void aCloseLeavesNothing(Stage stage) throws Exception {
    vanish(stage, RawClient::close);
  }

  /// How a client goes.
  private interface Exit {
    void leave(RawClient client) throws IOException;
  }

  /// An upload is pulled, and when all of it is there nothing more is to be pulled.
  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 5\r\n\r\n|hello", CHUNKED + "|5\r\nhello\r\n0\r\n\r\n"})
  void aResetWhileTheBackendThinksAboutAnUploadIsNoticed(String fieldAndBody) throws Exception {
    var ended = new CountDownLatch(1);
    RecordingBackend backend =
        backend(c -> {
          String head = c.head();
          c.send("HTTP/1.1 100 Continue\r\n\r\n");
          c.finish(head);
          c.awaitEnd();
          ended.countDown();
        });
    String[] parts = fieldAndBody.split("\\|");
    RawClient client = connect(before(backend));
    client.send("POST /app.cgi HTTP/1.1\r\nHost: f\r\n" + parts[0]);
    client.head();
    client.send(parts[1]);
    backend.take();
    client.reset();
    assertTrue(ended.await(10, TimeUnit.SECONDS), "the backend goes on for nobody");
  }

  private void vanish(Stage stage, Exit exit) throws Exception {
    RecordingBackend backend = backend(ResetTest::answerAllButSlow);
    FrontServer server = before(backend, "maxconnect=50", "timeout_backend=1");
    assertEquals("alpha", connect(server).send(Wire.get("/a.txt")).read().text());
    assertEquals("backend", connect(server).send(Wire.get("/app.cgi")).read().text());
    long before = descriptors();
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < TIMES; i++) {
        RawClient client = new RawClient(server.port());
        client.sendIfItListens(Wire.bytes(stage.sent));
        if (stage == Stage.WITHIN_A_LARGE_ANSWER) {
          client.head();
        }
        exit.leave(client);
      }
      untilDescriptorsAre(before + 12);
    }
    untilServed(server, "/a.txt", "alpha");
    untilServed(server, "/app.cgi", "backend");
  }

  /// The last ones may still count against maxconnect for a moment.
  private static void untilServed(FrontServer server, String path, String body) throws IOException {
    long end = System.nanoTime() + 10_000_000_000L;
    String came = "";
    while (!came.equals(body) && System.nanoTime() < end) {
      try (RawClient client = new RawClient(server.port())) {
        came = client.sendIfItListens(Wire.bytes(Wire.get(path))).read().text();
      }
    }
    assertEquals(body, came);
  }

  private static void answerAllButSlow(net.khttpd.frontdoor.harness.BackendConnection c)
      throws IOException {
    for (var r = c.read(); r != null; r = c.read()) {
      if (r.requestLine().contains("slow")) {
        c.awaitEnd();
        return;
      }
      c.send(RecordingBackend.OK);
    }
  }

  /// Idle pooled backend connections may stay; both of their ends are in this process. A client's
  /// FIN alone may be a half-close, so its request is with the backend until timeout_backend.
  private static void untilDescriptorsAre(long most) throws Exception {
    long end = System.nanoTime() + 10_000_000_000L;
    long now;
    do {
      now = descriptors();
    } while (now > most && System.nanoTime() < end);
    assertTrue(now <= most, now + " descriptors are open, " + most + " expected at most");
  }

  @Test
  void aClientThatEndsItsSideAndThenResetsWhileItIsAnsweredDoesNoHarm() throws Exception {
    FrontServer server = server();
    for (int i = 0; i < TIMES; i++) {
      RawClient client = new RawClient(server.port());
      client.send(Wire.get("/big.txt")).endOutput();
      client.head();
      client.reset();
    }
    assertEquals("alpha", connect(server).send(Wire.get("/a.txt")).read().text());
  }

  @Test
  void stoppedServersLeaveNothing() throws Exception {
    FrontServer.start(engine, site.root(), java.util.List.of()).close();
    long before = descriptors();
    int port = 0;
    for (int i = 0; i < 10; i++) {
      try (FrontServer server = FrontServer.start(engine, site.root(), java.util.List.of());
          RawClient client = new RawClient(server.port())) {
        port = server.port();
        assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
      }
    }
    new ServerSocket(port, 1, InetAddress.getLoopbackAddress())
        .close(); // * may be in TIME_WAIT elsewhere
    untilDescriptorsAre(before + 1);
  }
}
