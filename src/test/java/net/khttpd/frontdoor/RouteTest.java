package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// Requests that are passed on go where their host and path say.
final class RouteTest extends FrontDoor {
  @BeforeEngine
  void files() throws Exception {
    site.file("index.html", "home").file("api/a.txt", "alpha");
  }

  private String named(String name) throws Exception {
    return backend(RecordingBackend.fixed(BalanceTest.answer(name))).setting();
  }

  private static String get(RawClient client, String host, String target) throws Exception {
    client.send("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return client.read().text();
  }

  @Test
  void theLongestPrefixOfTheDecodedPathCounts() throws Exception {
    FrontServer server =
        server(
            "backend=" + named("usual"),
            "route=*/api " + named("api"),
            "route=*/api/v2 " + named("v2"),
            "route=shop.example.com/ " + named("shop"),
            "route=*.example.com/api " + named("below"));
    RawClient client = connect(server);
    assertEquals("usual", get(client, "x", "/app.cgi"));
    assertEquals("api", get(client, "x", "/api?q=1"));
    assertEquals("api", get(client, "x", "/api/x.cgi"));
    assertEquals("api", get(client, "x", "/%61pi/x.cgi"));
    assertEquals("api", get(client, "x", "/y/../api/x.cgi"));
    assertEquals("api", get(client, "x", "http://x/api/x.cgi"));
    assertEquals("usual", get(client, "x", "/api/../app.cgi"));
    assertEquals("usual", get(client, "x", "/apis/x.cgi"));
    assertEquals("v2", get(client, "x:80", "/api/v2/x.cgi"));
    assertEquals("shop", get(client, "shop.EXAMPLE.com", "/app.cgi"));
    assertEquals("shop", get(client, "x", "http://shop.example.com/app.cgi"));
    assertEquals("below", get(client, "shop.example.com", "/api/x.cgi"));
    assertEquals("v2", get(client, "shop.example.com", "/api/v2"));
    assertEquals("alpha", get(client, "x", "/api/a.txt"), "what is static is not passed on");
    client.send("POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
    assertEquals("api", client.read().text());
    client.send("GET /api/x.cgi HTTP/1.0\r\n\r\n");
    assertEquals("api", client.read().text());
  }

  @Test
  void severalBackendsOfARouteTakeTurns() throws Exception {
    FrontServer server = server("route=*/api " + named("a") + "," + named("b"));
    RawClient client = connect(server);
    String four = "";
    for (int i = 0; i < 4; i++) {
      four += get(client, "x", "/api/x.cgi");
    }
    assertTrue(List.of("abab", "baba").contains(four), four);
  }

  @Test
  void withoutUsualBackendsWhatNoRouteNamesIsServedOr404() throws Exception {
    RawClient client = connect(server("route=*/api " + named("api")));
    assertEquals("home", get(client, "x", "/"));
    assertEquals("api", get(client, "x", "/api/nothing"));
    assertEquals(404, client.send(Wire.get("/nothing")).read().status());
    assertEquals(404, client.send(Wire.get("/app.cgi")).read().status());
    client.send("POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
    assertEquals(404, client.read().status());
  }

  @Test
  void aRouteCountsForVirtualHostsToo() throws Exception {
    FrontServer server =
        server(
            "backend=" + named("usual"),
            "vhost.shop.example.com.backend=" + named("shop"),
            "vhost=default",
            "route=shop.example.com/api " + named("api"));
    RawClient client = connect(server);
    assertEquals("usual", get(client, "x", "/api/x.cgi"));
    assertEquals("shop", get(client, "shop.example.com", "/x.cgi"));
    assertEquals("api", get(client, "shop.example.com", "/api/x.cgi"));
  }
}
