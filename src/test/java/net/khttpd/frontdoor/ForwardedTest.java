package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.khttpd.frontdoor.harness.AfterEngine;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Received;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import net.khttpd.settings.Listing;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a backend is told of the client by fields, and what of the client's own word is believed:
/// D11 and D12 of the attacks.
final class ForwardedTest extends FrontDoor {
  private static final String OURS = "for=127.0.0.1;host=\"front.test\";proto=http";
  private RecordingBackend backend;

  @BeforeEngine
  void start() throws Exception {
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

  private Received pass(FrontServer server, String... fields) throws Exception {
    RawClient client = connect(server).send(Wire.get("/app.cgi", fields));
    assertEquals("backend", client.read().text());
    return backend.take();
  }

  private FrontServer trusting() {
    return before(backend, "trust=127.0.0.0/8");
  }

  private static final String[] SPOOFED = {
    "X-Forwarded-For: 6.6.6.6",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: evil.test",
    "X-Forwarded-Port: 666",
    "X-Forwarded-Prefix: /evil",
    "X-Forwarded-Scheme: evil",
    "X-Forwarded-Server: evil",
    "X-Forwarded-Ssl: evil",
    "X-Real-IP: 6.6.6.6",
    "Forwarded: for=6.6.6.6;host=evil.test"
  };

  @Test
  void nothingOfAnUntrustedClientsWordArrives() throws Exception {
    for (FrontServer server : List.of(before(backend), before(backend, "trust=10.0.0.0/8"))) {
      Received received = pass(server, SPOOFED);
      assertEquals("127.0.0.1", received.field("X-Forwarded-For").orElse(""));
      assertEquals("http", received.field("X-Forwarded-Proto").orElse(""));
      assertEquals("front.test", received.field("X-Forwarded-Host").orElse(""));
      assertEquals(OURS, received.field("Forwarded").orElse(""));
      for (String name : List.of("Port", "Prefix", "Scheme", "Server", "Ssl")) {
        assertFalse(received.has("X-Forwarded-" + name), received.head());
      }
      assertFalse(received.has("X-Real-IP"), received.head());
      assertFalse(received.head().contains("6.6.6.6") || received.head().contains("evil"));
    }
  }

  @Test
  void aTrustedPeersWordArrivesAndWeAddToIt() throws Exception {
    Received received = pass(trusting(), SPOOFED);
    assertEquals("6.6.6.6, 127.0.0.1", received.field("X-Forwarded-For").orElse(""));
    assertEquals("https", received.field("X-Forwarded-Proto").orElse(""));
    assertEquals("evil.test", received.field("X-Forwarded-Host").orElse(""));
    assertEquals("666", received.field("X-Forwarded-Port").orElse(""));
    assertEquals("6.6.6.6", received.field("X-Real-IP").orElse(""));
    assertEquals("for=6.6.6.6;host=evil.test, " + OURS, received.field("Forwarded").orElse(""));
  }

  @Test
  void severalFieldsOfOneNameBecomeOneList() throws Exception {
    Received received =
        pass(
            trusting(),
            "X-Forwarded-For: 10.0.0.1",
            "Forwarded: for=a",
            "X-Forwarded-For: 10.0.0.2, 10.0.0.3",
            "Forwarded: for=b, for=c");
    assertEquals(
        List.of("10.0.0.1, 10.0.0.2, 10.0.0.3, 127.0.0.1"), received.all("X-Forwarded-For"));
    assertEquals(List.of("for=a, for=b, for=c, " + OURS), received.all("Forwarded"));
  }

  /// RFC 7239 §4: all forms that a node may have.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "for=192.0.2.43",
        "for=\"192.0.2.43:47011\"",
        "For=\"[2001:db8:cafe::17]:4711\"",
        "for=unknown",
        "for=_hidden, for=_SEVKISEK",
        "for=192.0.2.60;proto=http;by=203.0.113.43",
        "for=192.0.2.43:80",
        "for=\"a\\\"b,c;d\"",
        "for=\"\"",
        ",, for=a ;; proto=b ,"
      })
  void whatIsWellFormedIsKeptOctetByOctet(String value) throws Exception {
    String kept = value + ", " + OURS;
    assertEquals(kept, pass(trusting(), "Forwarded: " + value).field("Forwarded").orElse(""));
  }

  /// Behind an open quote our own element would be a part of what the client said.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "for=\"6.6.6.6",
        "for=\"6.6.6.6\\\"",
        "for=6.6.6.6\"",
        "for=\"a\"b",
        "for",
        "for=",
        "=a",
        "for=a;\"",
        "f\"r=a"
      })
  void toWhatIsMalformedNothingIsAppended(String value) throws Exception {
    assertEquals(OURS, pass(trusting(), "Forwarded: " + value).field("Forwarded").orElse(""));
    assertEquals(
        OURS,
        pass(trusting(), "Forwarded: for=ok", "Forwarded: " + value).field("Forwarded").orElse(""));
  }

  /// D11: naming a field in Connection takes none of these out of the request.
  @Test
  void connectionTakesNoProtectedFieldAway() throws Exception {
    String[] fields = {
      "X-Forwarded-For: 10.1.1.1",
      "X-Forwarded-Proto: https",
      "X-Forwarded-Host: h.test",
      "X-Forwarded-Port: 1",
      "X-Real-IP: 10.1.1.1",
      "X-Request-Id: trace-1",
      "Forwarded: for=a",
      "Cookie: a=b",
      "Authorization: Basic eDp5",
      "Via: 1.0 x",
      "Content-Type: text/plain",
      "X-Own: 1"
    };
    var named = new StringBuilder("Connection: close, Host, Content-Length, Transfer-Encoding");
    var all = new java.util.ArrayList<String>();
    for (String field : fields) {
      named.append(", ").append(field, 0, field.indexOf(':'));
      all.add(field);
    }
    all.add("" + named);
    all.add("Content-Length: 5");
    String head = Wire.request("POST", "/app.cgi", all.toArray(String[]::new));
    assertEquals("backend", connect(trusting()).send(head + "hello").read().text());
    Received received = backend.take();
    assertEquals("hello", received.text());
    assertEquals("front.test", received.field("Host").orElse(""));
    for (String field : fields) {
      String name = field.substring(0, field.indexOf(':'));
      String value = field.substring(field.indexOf(' ') + 1);
      if (name.equals("X-Own")) {
        assertFalse(received.has(name), "a field of the client's own is its to remove");
      } else {
        assertTrue(received.all(name).getFirst().startsWith(value), received.head());
      }
    }
  }

  @Test
  void trustTakesSeveralRangesInOneWrite() throws Exception {
    FrontServer server = before(backend, "trust=10.0.0.0/8, 127.0.0.1,::1");
    assertEquals(
        "6.6.6.6, 127.0.0.1",
        pass(server, "X-Forwarded-For: 6.6.6.6").field("X-Forwarded-For").orElse(""));
    server.write("trust=-127.0.0.1,::1");
    assertEquals(
        "127.0.0.1", pass(server, "X-Forwarded-For: 6.6.6.6").field("X-Forwarded-For").orElse(""));
    List<String> listed = Listing.of(server.server().settings());
    assertEquals(
        List.of("net.khttpd.trust = 10.0.0.0/8"),
        listed.stream().filter(line -> line.contains(".trust ")).toList());
  }
}
