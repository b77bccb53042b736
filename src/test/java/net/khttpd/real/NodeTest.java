package net.khttpd.real;

import static net.khttpd.frontdoor.harness.Wire.get;
import static net.khttpd.frontdoor.harness.Wire.request;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.RawClient;
import org.junit.jupiter.api.Test;

/// Us in front of a real Node server: events, uploads, its own `checkContinue`, Early Hints, and an
/// Upgrade by hand.
final class NodeTest extends ApplicationTest {
  private static final String UPGRADE = get("/", "Connection: Upgrade", "Upgrade: echo");

  @Override
  Application application() throws Exception {
    return new NodeServer(site.outside());
  }

  @Test
  void anEarlyHintArrivesBeforeTheAnswer() throws Exception {
    try (var client = new RawClient(us)) {
      client.send(get("/hints"));
      String hint = client.head();
      assertTrue(hint.startsWith("HTTP/1.1 103 "), hint);
      assertTrue(hint.contains("</a.css>; rel=preload"), hint);
      assertEquals("hinted", client.read().text());
    }
  }

  @Test
  void anInvitationOfTheApplicationArrives() throws Exception {
    try (var client = new RawClient(us)) {
      client.send(request("POST", "/invited", "Expect: 100-continue", "Content-Length: 3"));
      assertTrue(client.head().startsWith("HTTP/1.1 100 "));
      String said = client.send("abc").read().text();
      assertTrue(said.startsWith("asked 3 "), said);
    }
  }

  @Test
  void aRefusalInTheInvitationsPlaceArrivesAndTheBodyIsNotSent() throws Exception {
    try (var client = new RawClient(us)) {
      client.send(request("POST", "/refused", "Expect: 100-continue", "Content-Length: 3"));
      Answer answer = client.read();
      assertEquals(413, answer.status());
      assertEquals("too much", answer.text());
    }
  }

  @Test
  void anUpgradeByHandEchoesEveryOctet() throws Exception {
    byte[] octets = random(1 << 20);
    try (var client = new RawClient(us)) {
      client.send(UPGRADE);
      assertTrue(client.head().startsWith("HTTP/1.1 101 "));
      Thread sending = Thread.ofVirtual().start(() -> client.sendIfItListens(octets));
      assertArrayEquals(octets, client.exactly(octets.length));
      sending.join();
      client.endOutput().assertClosed();
    }
  }

  @Test
  void anUpgradeThatIsRefusedIsAnswered() throws Exception {
    assertEquals(426, ask(us, get("/", "Connection: Upgrade", "Upgrade: other")).status());
  }
}
