package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import net.khttpd.client.Counter;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.Footprint;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.SocketReceiver;
import net.khttpd.frontdoor.harness.SocketReceiver.Offer;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Handing over the socket itself, with what was read of it (the setting's plain form) or with
/// nothing read at all (`peek`).
final class HandoverTest extends FrontDoor {
  private static final String PASSED_ON = Wire.get("/app.cgi");
  private static final long DEADLINE_NANOS = 10_000_000_000L;
  private static final String PLAIN = "";
  private static final String PEEK = ",peek";

  private FrontServer server;

  @BeforeEngine
  void files() throws IOException {
    site.file("a.txt", "alpha").file("large.txt", "l".repeat(200_000));
    for (int i = 0; i < 20; i++) {
      site.file("cold/" + i + ".txt", "cold " + i);
    }
  }

  private Path path() {
    return site.outside().resolve("receiver");
  }

  private SocketReceiver receiver(SocketReceiver.Script script) throws IOException {
    return own(new SocketReceiver(path(), 64, script));
  }

  private RawClient start(String mode, String... settings) throws IOException {
    var all = new ArrayList<String>(List.of(settings));
    all.add("handover=unix:" + path() + mode);
    server = own(FrontServer.start(engine, site.root(), all));
    return connect(server);
  }

  private static void await(BooleanSupplier what) {
    long end = System.nanoTime() + DEADLINE_NANOS;
    while (!what.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "it does not come");
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, PEEK})
  void theReceiverHasTheConnectionAfterAStaticAnswerAndWeHaveNothing(String mode) throws Exception {
    SocketReceiver receiver = receiver(SocketReceiver.ANSWERS);
    RawClient client = start(mode);
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
    String request = Wire.get("/app.cgi", "X-Own: 1");
    assertEquals("receiver: GET /app.cgi HTTP/1.1", client.send(request).read().text());
    Offer offer = receiver.next();
    assertEquals("kHTP", offer.magic());
    assertEquals(1, offer.version());
    assertEquals(mode.isEmpty() ? 0 : 1, offer.flags());
    assertEquals(mode.isEmpty() ? request : "", offer.alreadyRead());
    assertEquals("127.0.0.1", offer.peer().getHostAddress());
    assertEquals("127.0.0.1", offer.local().getHostAddress());
    assertEquals(client.localPort(), offer.peerPort());
    assertEquals(server.port(), offer.localPort());
    await(() -> server.count(Counter.CONNECTIONS_NOW) == 0);
    await(() -> server.count(Counter.HANDED_OVER) == 1);
    assertEquals("receiver: GET /a.txt HTTP/1.1", client.send(Wire.get("/a.txt")).read().text());
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, PEEK})
  void pipelinedBytesAreKeptAndEarlierAnswersComeFirst(String mode) throws Exception {
    SocketReceiver receiver = receiver(SocketReceiver.ANSWERS);
    RawClient client = start(mode);
    String rest = "POST /form HTTP/1.1\r\nHost: f\r\nContent-Length: 5\r\n\r\nhello";
    client.send(
        Wire.get("/a.txt") + Wire.get("/large.txt") + PASSED_ON + Wire.get("/a.txt") + rest);
    assertEquals("alpha", client.read().text());
    assertEquals(200_000, client.read().body().length);
    assertEquals("receiver: GET /app.cgi HTTP/1.1", client.read().text());
    assertEquals("receiver: GET /a.txt HTTP/1.1", client.read().text());
    assertEquals("receiver: POST /form HTTP/1.1", client.read().text());
    String read = receiver.next().alreadyRead();
    assertTrue((PASSED_ON + Wire.get("/a.txt") + rest).startsWith(read), read);
  }

  @Test
  void withPeekTheReceiverFindsAnUntouchedSocket() throws Exception {
    var found = new StringBuilder();
    SocketReceiver receiver =
        receiver(offer -> {
          if (offer.take()) {
            found.append(offer.readSocket());
            offer.serve();
          }
        });
    RawClient client = start(PEEK);
    for (byte octet : Wire.bytes(PASSED_ON)) {
      client.send(new byte[] {octet});
    }
    receiver.next();
    await(() -> found.length() == PASSED_ON.length());
    assertEquals(PASSED_ON, found.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, PEEK})
  void aThousandHandOversLeaveNothingBehind(String mode) throws Exception {
    receiver(SocketReceiver.ANSWERS);
    RawClient first = start(mode);
    assertEquals("alpha", first.send(Wire.get("/a.txt")).read().text());
    Footprint before = Footprint.whenWatching();
    int times = mode.isEmpty() || Boolean.getBoolean("khttpd.long") ? 1000 : 200;
    for (int i = 0; i < times; i++) {
      try (var client = new RawClient(server.port())) {
        client.send(Wire.get("/a.txt") + PASSED_ON);
        assertEquals("alpha", client.read().text());
        assertEquals("receiver: GET /app.cgi HTTP/1.1", client.read().text());
      }
    }
    await(() -> server.count(Counter.HANDED_OVER) == times);
    assertEquals(0, server.count(Counter.HANDOVER_FAILURES));
    await(() -> server.count(Counter.CONNECTIONS_NOW) == 1);
    before.awaitAtMost();
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, PEEK})
  void whenNobodyListensTheBackendIsAskedAndItIsLoggedOnce(String mode) throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    RawClient client = start(mode, "backend=" + backend.setting());
    String post = "POST /form HTTP/1.1\r\nHost: f\r\nContent-Length: 100000\r\n\r\n";
    for (int i = 0; i < 3; i++) {
      assertEquals("backend", client.send(PASSED_ON).read().text());
      assertEquals("backend", client.send(post + "p".repeat(100_000)).read().text());
      assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
    }
    assertEquals(6, server.count(Counter.HANDOVER_FAILURES));
    assertEquals(4, backend.accepted(), "one for what can be repeated, one for each upload");
    await(() -> server.events().contains("took no socket: ENOENT"));
    assertEquals(1, server.events().split("took no socket", -1).length - 1);
    receiver(SocketReceiver.ANSWERS);
    assertEquals("receiver: GET /app.cgi HTTP/1.1", client.send(PASSED_ON).read().text());
    await(() -> server.events().contains("takes sockets again"));
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, PEEK})
  void withoutABackendTheAnswerIs503AndTheConnectionGoesOn(String mode) throws Exception {
    RawClient client = start(mode);
    assertEquals(503, client.send(PASSED_ON).read().status());
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, PEEK})
  void whoseReceiverIsAbsentIsAskedByRouteIfThereIsNoOtherBackend(String mode) throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    RawClient client = start(mode, "route=*/app.cgi " + backend.setting());
    assertEquals("backend", client.send(PASSED_ON).read().text());
    assertEquals(503, client.send(Wire.get("/other.cgi")).read().status());
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"refuses", "says something else", "is silent", "is late"})
  void whoDoesNotTakeTheSocketInTimeNeverGetsItAndTheBackendAnswers(String how) throws Exception {
    SocketReceiver receiver =
        receiver(offer -> {
          switch (how) {
            case "refuses" -> {}
            case "says something else" -> offer.say((byte) 'N');
            case "is silent" -> offer.awaitEnd();
            default -> {
              offer.awaitEnd();
              boolean _ = offer.take();
            }
          }
        });
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    RawClient client = start(PLAIN, "backend=" + backend.setting(), "timeout_connect=0.1");
    for (int i = 0; i < 2; i++) {
      client.send(Wire.get("/a.txt") + PASSED_ON + Wire.get("/a.txt"));
      assertEquals("alpha", client.read().text());
      assertEquals("backend", client.read().text());
      assertEquals("alpha", client.read().text());
      assertEquals(0, receiver.next().answer());
    }
    assertEquals(2, server.count(Counter.HANDOVER_FAILURES));
    assertEquals(0, server.count(Counter.HANDED_OVER));
  }

  /// Its queue holds our message, and with it a descriptor of the socket, for as long as it lives.
  @ParameterizedTest
  @ValueSource(strings = {PLAIN, PEEK})
  void aReceiverThatNeverAcceptsHoldsUpNoCloseAndAFullOneIsNotWaitedFor(String mode)
      throws Exception {
    var listens = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX);
    own(listens).bind(java.net.UnixDomainSocketAddress.of(path()), 1);
    own(() -> java.nio.file.Files.delete(path()));
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    start(mode, "backend=" + backend.setting(), "timeout_connect=0.05").close();
    for (int i = 0; i < 6; i++) {
      RawClient client = connect(server);
      Answer answer = client.send(Wire.get("/app.cgi", "Connection: close")).read();
      assertEquals("backend", answer.text());
      client.assertClosed();
      client.close();
    }
    assertEquals(6, server.count(Counter.HANDOVER_FAILURES));
    await(() -> server.count(Counter.CONNECTIONS_NOW) == 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, PEEK})
  void whatWasHandedOverCountsNoMoreAgainstMaxconnect(String mode) throws Exception {
    receiver(SocketReceiver.ANSWERS);
    start(mode, "maxconnect=3").close();
    var clients = new ArrayList<RawClient>();
    for (int i = 0; i < 10; i++) {
      RawClient client = connect(server);
      clients.add(client);
      assertEquals(200, client.send(PASSED_ON).read().status());
      await(() -> server.count(Counter.CONNECTIONS_NOW) <= 1);
    }
    for (RawClient client : clients) {
      assertEquals(200, client.send(PASSED_ON).read().status());
    }
    assertEquals(0, server.count(Counter.REFUSED_CONNECTIONS));
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, PEEK})
  void aHalfClosedClientIsHandedOver(String mode) throws Exception {
    receiver(SocketReceiver.ANSWERS);
    RawClient client = start(mode);
    client.send(Wire.get("/a.txt") + PASSED_ON).endOutput();
    assertEquals("alpha", client.read().text());
    assertEquals("receiver: GET /app.cgi HTTP/1.1", client.read().text());
    client.assertClosed();
  }

  @Test
  void theAccessLogSaysThatItWasHandedOver() throws Exception {
    receiver(SocketReceiver.ANSWERS);
    Path log = site.outside().resolve("access-" + engine.setting());
    RawClient client =
        start(PLAIN, "logging=1", "access_log=" + log, "access_log_format=%r|%s|%{backend}x");
    assertEquals(200, client.send(PASSED_ON).read().status());
    server.close();
    assertEquals(
        "GET /app.cgi HTTP/1.1|0|unix:" + path(), java.nio.file.Files.readString(log).strip());
  }

  @Test
  void whatIsServedWithPeekIsServedAsEver() throws Exception {
    receiver(SocketReceiver.ANSWERS);
    RawClient client = start(PEEK);
    var many = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      many.append(Wire.get(i % 100 == 0 ? "/cold/" + i / 100 + ".txt" : "/a.txt"));
    }
    Thread.ofVirtual().start(() -> client.sendIfItListens(Wire.bytes(many.toString())));
    for (int i = 0; i < 2000; i++) {
      assertEquals(i % 100 == 0 ? "cold " + i / 100 : "alpha", client.read().text());
    }
    String split = Wire.get("/large.txt") + Wire.get("/a.txt");
    for (byte octet : Wire.bytes(split)) {
      client.send(new byte[] {octet});
    }
    assertEquals(200_000, client.read().body().length);
    assertEquals("alpha", client.read().text());
    assertEquals(400, client.send("GET / HTTP/1.1\r\nHost : x\r\n\r\n").read().status());
    client.assertClosed();
    client.close();
    RawClient half = connect(server).send("GET /a.txt HTT").endOutput();
    half.assertClosed();
    RawClient gone = connect(server).send("GET /a.txt HTT");
    gone.reset();
    await(() -> server.count(Counter.CONNECTIONS_NOW) == 0);
  }

  @Test
  void aSlowHeadIsAnswered408WithPeek() throws Exception {
    RawClient client = start(PEEK, "timeout_head=0.2");
    assertEquals(408, client.send("GET /a.txt HTT").read().status());
    client.assertClosed();
  }

  @Test
  void aChangeActsOnConnectionsThatAreThere() throws Exception {
    receiver(SocketReceiver.ANSWERS);
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    RawClient client = start(PLAIN, "backend=" + backend.setting());
    RawClient other = connect(server);
    server.write("handover=off");
    assertEquals("backend", client.send(PASSED_ON).read().text());
    server.write("handover=peek:unix:" + path());
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
    server.write("handover=off");
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
    assertEquals("backend", client.send(PASSED_ON).read().text());
    server.write("handover=unix:" + path() + ",peek", "threads=2");
    server.write("threads=1");
    assertEquals("receiver: GET /app.cgi HTTP/1.1", client.send(PASSED_ON).read().text());
    assertEquals("receiver: GET /app.cgi HTTP/1.1", other.send(PASSED_ON).read().text());
    assertFalse(server.events().contains("took no socket"));
  }
}
