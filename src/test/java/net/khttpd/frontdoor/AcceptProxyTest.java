package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.khttpd.client.Counter;
import net.khttpd.frontdoor.harness.AfterEngine;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Received;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A balancer in front of us that tells by the PROXY protocol whose connections it passes on.
final class AcceptProxyTest extends FrontDoor {
  private static final String REQUIRED = "accept_proxy=required";
  private static final String LINE = "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n";
  private static final String SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";
  private static final String FOUR =
      "\u00c0\0\u0002\u0001\u00c6\u0033\u0064\u0002\u00dc\u0004\1\u00bb";
  private static final String SIX = " \1\r\u00b8\0\0\0\0\0\0\0\0\0\0\0";
  private RecordingBackend backend;

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
    backend = RecordingBackend.ok();
  }

  @AfterEngine
  void stopBackend() throws Exception {
    backend.close();
  }

  @BeforeEach
  void forget() {
    backend.forget();
  }

  private static String binary(int command, int family, String rest) {
    return SIGNATURE + (char) command + (char) family + (char) 0 + (char) rest.length() + rest;
  }

  static List<List<String>> headers() {
    String six = SIX + "\1" + SIX + "\2\u00dc\u0004\1\u00bb";
    return List.of(
        List.of("192.0.2.1", LINE),
        List.of("2001:db8::1", "PROXY TCP6 2001:db8::1 2001:db8::2 56324 443\r\n"),
        List.of("192.0.2.1", binary(0x21, 0x11, FOUR)),
        List.of("192.0.2.1", binary(0x21, 0x11, FOUR + "\4\0\2ab")),
        List.of("2001:db8::1", binary(0x21, 0x21, six)),
        List.of("127.0.0.1", "PROXY UNKNOWN\r\n"),
        List.of("127.0.0.1", binary(0x20, 0, "")),
        List.of("127.0.0.1", binary(0x21, 0x31, "/run/a" + "\0".repeat(210))));
  }

  private Received pass(RawClient client) throws Exception {
    assertEquals("backend", client.read().text());
    return backend.take();
  }

  private static void isOf(String address, Received received) {
    assertEquals(address, received.field("X-Forwarded-For").orElse(""));
    String element = address.contains(":") ? "for=\"[" + address + "]\";" : "for=" + address + ";";
    assertTrue(received.field("Forwarded").orElse("").startsWith(element), received.head());
  }

  @ParameterizedTest
  @MethodSource("headers")
  void theAddressInTheHeaderIsThatOfTheClient(List<String> row) throws Exception {
    FrontServer server = before(backend, REQUIRED);
    String request = Wire.get("/app.cgi");
    RawClient client = connect(server).send(row.get(1) + request);
    isOf(row.get(0), pass(client));
    isOf(row.get(0), pass(client.send(request)));
    RawClient slow = connect(server);
    for (byte octet : Wire.bytes(row.get(1) + request)) {
      slow.send(new byte[] {octet});
    }
    isOf(row.get(0), pass(slow));
    RawClient apart = connect(server).send(row.get(1));
    assertTrue(apart.silentFor(20));
    isOf(row.get(0), pass(apart.send(request)));
    assertEquals("alpha", apart.send(Wire.get("/a.txt")).read().text());
  }

  static List<String> others() {
    return List.of(
        Wire.get("/a.txt"),
        "POST /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 56324\r\n" + Wire.get("/a.txt"),
        "PROXY " + "x".repeat(200),
        binary(0x21, 0x11, FOUR.substring(1)) + Wire.get("/a.txt"),
        binary(0x21, 0x11, FOUR + "\4\u00ff\u00ff") + Wire.get("/a.txt"),
        binary(0x31, 0x11, FOUR) + Wire.get("/a.txt"),
        SIGNATURE + "!\u0011\u00ff\u00ff" + "x".repeat(2_000));
  }

  @ParameterizedTest
  @MethodSource("others")
  void whateverElseComesIsClosedWithoutAWordAndCounted(String bytes) throws Exception {
    FrontServer server = before(backend, REQUIRED);
    long before = server.count(Counter.PROXY_FAILURES);
    RawClient client = connect(server).sendIfItListens(Wire.bytes(bytes));
    client.assertGone();
    assertEquals(before + 1, server.count(Counter.PROXY_FAILURES));
    assertEquals(List.of(), backend.drain());
  }

  @Test
  void whoSaysNothingInTimeIsClosedAndTheEventIsLogged() throws Exception {
    FrontServer server = server(REQUIRED, "timeout_head=0.2");
    connect(server).assertClosed();
    connect(server).send(LINE.substring(0, 20)).assertClosed();
    assertEquals(2, server.count(Counter.PROXY_FAILURES));
    connect(server).endOutput().assertClosed(); // it asked whether we are there
    assertEquals(2, server.count(Counter.PROXY_FAILURES));
    awaitEvent(server, "accept_proxy: a connection from 127.0.0.1 did not begin");
    assertEquals("alpha", connect(server).send(LINE + Wire.get("/a.txt")).read().text());
  }

  private static void awaitEvent(FrontServer server, String text) {
    long end = System.nanoTime() + 5_000_000_000L;
    while (!server.events().contains(text) && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertTrue(server.events().contains(text), server::events);
  }

  /// D12: never guessed. Whoever is not asked for a header cannot bring one.
  @ParameterizedTest
  @ValueSource(strings = {LINE, SIGNATURE + "!\u0011\0\u000c" + FOUR, "PROXY UNKNOWN\r\n"})
  void whereItIsForbiddenAHeaderIsABadRequest(String header) throws Exception {
    for (FrontServer server : List.of(before(backend), server())) {
      RawClient client = connect(server).send(header + Wire.get("/a.txt"));
      Answer answer = client.read();
      assertEquals(400, answer.status());
      assertTrue(answer.saysClose());
      client.assertClosed();
    }
    assertEquals(List.of(), backend.drain());
  }

  /// `trust` speaks of who has sent the request's fields: the client, not the balancer, which reads
  /// none.
  @Test
  void trustAsksForTheAddressInTheHeader() throws Exception {
    String request = Wire.get("/app.cgi", "X-Forwarded-For: 10.1.1.1");
    FrontServer trusting = before(backend, REQUIRED, "trust=192.0.2.0/24");
    isOfAll("10.1.1.1, 192.0.2.1", pass(connect(trusting).send(LINE + request)));
    isOfAll("127.0.0.1", pass(connect(trusting).send("PROXY UNKNOWN\r\n" + request)));
    FrontServer other = before(backend, REQUIRED, "trust=127.0.0.1");
    isOfAll("192.0.2.1", pass(connect(other).send(LINE + request)));
  }

  private static void isOfAll(String addresses, Received received) {
    assertEquals(addresses, received.field("X-Forwarded-For").orElse(""));
  }

  @Test
  void theAccessLogHasTheClientsAddressAndPort() throws Exception {
    Path log = site.outside().resolve("proxied.log");
    FrontServer server =
        server(REQUIRED, "logging=1", "access_log=" + log, "access_log_format=%h %{remote}p %s");
    connect(server).send(LINE + Wire.get("/a.txt")).read();
    connect(server).send(LINE + "BAD\r\n\r\n").read();
    long end = System.nanoTime() + 5_000_000_000L;
    while ((!Files.exists(log) || Files.readAllLines(log).size() < 2) && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertEquals(List.of("192.0.2.1 56324 200", "192.0.2.1 56324 400"), Files.readAllLines(log));
  }

  @Test
  void theLimitOfOneClientCountsTheAddressInTheHeader() throws Exception {
    FrontServer server = server(REQUIRED, "maxconnect_client=1");
    String other = LINE.replace("192.0.2.1", "192.0.2.9");
    RawClient first = connect(server).send(LINE + Wire.get("/a.txt"));
    assertEquals("alpha", first.read().text());
    assertEquals("alpha", connect(server).send(other + Wire.get("/a.txt")).read().text());
    RawClient second = connect(server).send(LINE + Wire.get("/a.txt"));
    Answer busy = second.read();
    assertEquals(503, busy.status());
    assertTrue(busy.has("Retry-After"));
    second.assertClosed();
    assertEquals("alpha", first.send(Wire.get("/a.txt")).read().text());
    first.close();
    untilServed(server);
  }

  private void untilServed(FrontServer server) throws Exception {
    long end = System.nanoTime() + 5_000_000_000L;
    int status = 503;
    while (status == 503 && System.nanoTime() < end) {
      try (var again = new RawClient(server.port())) {
        status = again.send(LINE + Wire.get("/a.txt")).read().status();
      }
    }
    assertEquals(200, status);
  }

  @Test
  void aConnectionThatMovesToAnotherLoopKeepsItsClient() throws Exception {
    FrontServer server = before(backend, REQUIRED, "threads=2");
    RawClient[] clients = new RawClient[8];
    for (int i = 0; i < clients.length; i++) {
      clients[i] = connect(server).send(LINE + Wire.get("/a.txt"));
      assertEquals("alpha", clients[i].read().text());
    }
    server.write("threads=1", "backend_proxy=v1");
    for (RawClient client : clients) {
      Received received = pass(client.send(Wire.get("/app.cgi")));
      assertEquals(LINE.strip(), received.requestLine());
      isOf("192.0.2.1", received);
    }
  }

  @Test
  void pipelinedRequestsFollowTheHeaderAtOnce() throws Exception {
    FrontServer server = before(backend, REQUIRED);
    RawClient client =
        connect(server).send(LINE + Wire.get("/a.txt") + Wire.get("/app.cgi") + Wire.get("/a.txt"));
    assertEquals("alpha", client.read().text());
    isOf("192.0.2.1", pass(client));
    assertEquals("alpha", client.read().text());
    assertFalse(client.send(LINE + Wire.get("/a.txt")).read().status() == 200, "a second header");
  }
}
