package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.khttpd.client.Counter;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.SocketReceiver;
import net.khttpd.frontdoor.harness.SocketReceiver.Offer;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where handing over meets what else there is: a balancer in front, routes, a change of sites,
/// files by order.
final class HandoverMeetingTest extends FrontDoor {
  private static final String PASSED_ON = Wire.get("/app.cgi");
  private static final String PLAIN = "";
  private static final String PEEK = ",peek";
  private static final String LINE = "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n";

  private FrontServer server;
  private RawClient asking;

  @BeforeEngine
  void files() throws IOException {
    site.file("a.txt", "alpha").file("../ordered/file.txt", "ordered");
  }

  private Path path() {
    return site.outside().resolve("meeting");
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

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, PEEK})
  void aClientThatABalancerTellsIsHandedOverWithTheAddressesThatItTold(String mode)
      throws Exception {
    SocketReceiver receiver = receiver(SocketReceiver.ANSWERS);
    RawClient client = start(mode, "accept_proxy=required");
    client.send(LINE + PASSED_ON);
    assertEquals("receiver: GET /app.cgi HTTP/1.1", client.read().text());
    Offer offer = receiver.next();
    assertEquals("192.0.2.1", offer.peer().getHostAddress());
    assertEquals(56324, offer.peerPort());
    assertEquals("198.51.100.2", offer.local().getHostAddress());
    assertEquals(443, offer.localPort());
    assertEquals(mode.isEmpty() ? PASSED_ON : "", offer.alreadyRead());
  }

  @Test
  void aHeaderInPiecesIsTakenFromAPeekedSocketAndNothingBehindIt() throws Exception {
    SocketReceiver receiver = receiver(SocketReceiver.ANSWERS);
    start(PEEK, "accept_proxy=required").close();
    RawClient slow = connect(server);
    for (byte octet : Wire.bytes(LINE + Wire.get("/a.txt") + PASSED_ON)) {
      slow.send(new byte[] {octet});
    }
    assertEquals("alpha", slow.read().text());
    assertEquals("receiver: GET /app.cgi HTTP/1.1", slow.read().text());
    assertEquals("", receiver.next().alreadyRead());
    RawClient wrong = connect(server).send(PASSED_ON);
    wrong.assertClosed();
    RawClient half = connect(server).send(LINE.substring(0, 20)).endOutput();
    half.assertClosed();
    assertEquals(2, server.count(Counter.PROXY_FAILURES));
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, PEEK})
  void whenNobodyTakesTheSocketRoutesAreAskedThoughThereAreNoUsualBackends(String mode)
      throws Exception {
    RecordingBackend routed = backend(RecordingBackend.fixed(RecordingBackend.OK));
    RawClient client = start(mode, "route=*/app.cgi " + routed.setting());
    assertEquals("backend", client.send(PASSED_ON).read().text());
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, PEEK})
  void aRequestThatIsTakenBackAfterAChangeOfSitesIsRelayed(String mode) throws Exception {
    SocketReceiver receiver = receiver(Offer::awaitEnd);
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    RawClient client = start(mode, "backend=" + backend.setting(), "timeout_connect=0.5");
    client.send(PASSED_ON);
    receiver.next();
    server.write("index=other.html");
    assertEquals("backend", client.read().text());
  }

  @Test
  void emptyLinesBeforeAPeekedHeadAreTakenWithIt() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    RawClient client = start(PEEK, "backend=" + backend.setting());
    String post = "\r\nPOST /form HTTP/1.1\r\nHost: f\r\nContent-Length: 5\r\n\r\nhello";
    client.send(Wire.get("/a.txt") + post + "\r\n" + Wire.get("/a.txt") + post);
    assertEquals("alpha", client.read().text());
    assertEquals("backend", client.read().text());
    assertEquals("alpha", client.read().text());
    assertEquals("backend", client.read().text());
    assertEquals("hello", Wire.text(backend.take().body()));
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, PEEK})
  void aFileMayBeOrderedForARequestThatWasTakenBack(String mode) throws Exception {
    String big = "X-Big: " + "b".repeat(8_000) + "\r\n";
    RecordingBackend backend =
        backend(
            RecordingBackend.fixed(
                "HTTP/1.1 200 OK\r\nX-Sendfile: file.txt\r\n"
                    + big.repeat(3)
                    + "Content-Length: 0\r\n\r\n"));
    RawClient client =
        start(
            mode,
            "backend=" + backend.setting(),
            "sendfile_header=on",
            "internal_root=" + site.outside().resolve("ordered"));
    client.send((Wire.get("/a.txt") + PASSED_ON + Wire.get("/a.txt")).repeat(3));
    for (int i = 0; i < 3; i++) {
      assertEquals("alpha", client.read().text());
      assertEquals("ordered", client.read().text());
      assertEquals("alpha", client.read().text());
    }
  }

  @Test
  void theErrorAfterAnOfferThatNobodyTookCanBeTraced() throws Exception {
    RawClient client = start(PLAIN);
    Answer answer = client.send(Wire.get("/app.cgi", "X-Request-Id: abc-1")).read();
    assertEquals(503, answer.status());
    assertEquals("abc-1", answer.field("X-Request-Id").orElse(""));
    assertTrue(answer.text().contains("abc-1"));
  }

  /// The next request is on offer already when the first is over: nothing of it may be received.
  @ParameterizedTest
  @ValueSource(strings = {PLAIN, PEEK})
  void whatFollowsAnOfferThatNobodyTookIsOfferedWhole(String mode) throws Exception {
    var refusals = new AtomicInteger();
    SocketReceiver receiver =
        receiver(offer -> {
          if (refusals.getAndIncrement() > 0) {
            asking.send(Wire.get("/third"));
            if (offer.take()) {
              offer.serve();
            }
          }
        });
    asking = start(mode);
    asking.send(PASSED_ON + Wire.get("/second"));
    assertEquals(503, asking.read().status());
    assertEquals("receiver: GET /second HTTP/1.1", asking.read().text());
    assertEquals("receiver: GET /third HTTP/1.1", asking.read().text());
    receiver.next();
    assertEquals(mode.isEmpty() ? Wire.get("/second") : "", receiver.next().alreadyRead());
  }
}
