package net.khttpd.frontdoor.attack;

import static net.khttpd.frontdoor.attack.Attack.DYNAMIC;
import static net.khttpd.frontdoor.attack.Attack.STATIC;
import static net.khttpd.frontdoor.attack.Outcome.answered;
import static net.khttpd.frontdoor.attack.Outcome.either;
import static net.khttpd.frontdoor.attack.Outcome.passedOn;
import static net.khttpd.frontdoor.attack.Outcome.refused;
import static net.khttpd.frontdoor.attack.Outcome.served;

import java.util.ArrayList;
import java.util.List;

/// Sizes, hosts and fields: D6, D10, D11 and D13 of `peers.md` C5. What takes time or many
/// connections (D1, D3 to D5, D8) has tests of its own.
public final class ResourceAttacks {
  private static final String HOST = "Host: front.test\r\n";
  private final List<Attack> rows = new ArrayList<>();

  private ResourceAttacks() {}

  public static List<Attack> rows() {
    var table = new ResourceAttacks();
    table.sizes();
    table.hosts();
    table.hopByHop();
    return List.copyOf(table.rows);
  }

  private void refuse(String id, String name, String text, Integer... statuses) {
    Outcome refused = refused(statuses);
    rows.add(new Attack(id, name, text, refused, refused, refused));
  }

  private void sizes() {
    String line = "GET @T HTTP/1.1\r\n" + HOST;
    refuse("D6", "10,001 fields", line + "X: y\r\n".repeat(10_001) + "\r\n", 431);
    refuse("D6", "a name of 64 KiB", line + "X".repeat(65_536) + ": y\r\n\r\n", 431);
    refuse("D6", "a value of 64 KiB", line + "X: " + "y".repeat(65_536) + "\r\n\r\n", 431);
    refuse(
        "D6",
        "a target of 100 KiB",
        "GET /" + "x".repeat(102_400) + " HTTP/1.1\r\n" + HOST + "\r\n",
        414);
    refuse(
        "D6",
        "a method of 64 KiB",
        "X".repeat(65_536) + " / HTTP/1.1\r\n" + HOST + "\r\n",
        400,
        414,
        431,
        501);
    refuse(
        "P4",
        "a target of 64 KiB",
        "GET /" + "x".repeat(65_536) + " HTTP/1.1\r\n" + HOST + "\r\n",
        414);
    for (int length : new int[] {254, 255, 256, 257, 300, 1_000, 4_000}) {
      String target = "/" + "x".repeat(length - 5) + ".txt";
      rows.add(
          new Attack(
              "P4",
              "a target of " + length + " bytes",
              "GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n",
              answered(404),
              passedOn("GET " + target + " HTTP/1.1"),
              passedOn("GET " + target + " HTTP/1.1")));
    }
  }

  private void hosts() {
    for (String host :
        List.of(
            "good@evil",
            "good:80:80",
            "[::1]x",
            "[::1",
            "a b",
            "a/b",
            "a?b",
            "a#b",
            "a\\b",
            "a\0b",
            "good:x",
            "good:99999999",
            "<a>",
            "a\"b")) {
      refuse("D10", "Host: " + host, "GET @T HTTP/1.1\r\nHost: " + host + "\r\n\r\n", 400);
    }
    refuse("D10", "two Hosts", "GET @T HTTP/1.1\r\n" + HOST + "Host: evil.test\r\n\r\n", 400);
    refuse("D10", "the same Host twice", "GET @T HTTP/1.1\r\n" + HOST + HOST + "\r\n", 400);
    refuse("D10", "no Host on 1.1", "GET @T HTTP/1.1\r\n\r\n", 400);
    for (String host :
        List.of("", "a,b", "a_b", "[::1]", "[::1]:8080", "127.0.0.1:80", "FRONT.test")) {
      Outcome fine = new Outcome.PassedOn("GET " + DYNAMIC + " HTTP/1.1", "", List.of(), List.of());
      Outcome bad = refused(400);
      boolean open = host.isEmpty() || host.equals("a,b");
      rows.add(
          new Attack(
              "D10",
              "Host: " + host,
              "GET @T HTTP/1.1\r\nHost: " + host + "\r\n\r\n",
              open ? either(served(STATIC), bad) : served(STATIC),
              open ? either(served(STATIC), bad) : served(STATIC),
              open ? either(fine, bad) : fine));
    }
    absolute("http://other.test", "Host: other.test");
    absolute("http://other.test:81", "Host: other.test:81");
    absolute("HTTP://other.test", "Host: other.test");
    for (String authority : List.of("user@other.test", "a b", "", "other.test:80:80")) {
      refuse(
          "D10",
          "absolute-form with authority '" + authority + "'",
          "GET http://" + authority + "@T HTTP/1.1\r\n" + HOST + "\r\n",
          400);
    }
  }

  /// The authority of an absolute-form target wins over Host, which is rewritten.
  private void absolute(String prefix, String line) {
    rows.add(
        new Attack(
            "D10",
            "absolute-form " + prefix,
            "GET " + prefix + "@T HTTP/1.1\r\n" + HOST + "\r\n",
            served(STATIC),
            served(STATIC),
            new Outcome.PassedOn("GET " + DYNAMIC + " HTTP/1.1", "", List.of(line), List.of())));
  }

  private void hopByHop() {
    String fields =
        "Cookie: a=b\r\nAuthorization: Basic eDp5\r\nX-Own: 1\r\nKeep-Alive: 5\r\nTE: gzip\r\nProxy-Connection: keep-alive\r\n";
    String named =
        "Connection: keep-alive, X-Forwarded-For, Cookie, Authorization, Content-Length, Host, X-Own\r\n";
    Outcome passed =
        new Outcome.PassedOn(
            "POST " + DYNAMIC + " HTTP/1.1",
            "hello",
            List.of("Cookie: a=b", "Authorization: Basic eDp5", "Host: front.test"),
            List.of("X-Own", "Keep-Alive", "Proxy-Connection"));
    rows.add(
        new Attack(
            "D11",
            "fields named in Connection",
            "POST "
                + DYNAMIC
                + " HTTP/1.1\r\n"
                + HOST
                + named
                + fields
                + "Content-Length: 5\r\n\r\nhello",
            answered(405, 404),
            passed,
            passed));
    Outcome proxy =
        new Outcome.PassedOn("GET " + DYNAMIC + " HTTP/1.1", "", List.of(), List.of("Proxy"));
    rows.add(
        new Attack(
            "D13",
            "httpoxy",
            "GET @T HTTP/1.1\r\n" + HOST + "Proxy: http://evil.test\r\n\r\n",
            served(STATIC),
            served(STATIC),
            proxy));
    Outcome spoofed =
        new Outcome.PassedOn(
            "GET " + DYNAMIC + " HTTP/1.1", "", List.of("X-Forwarded-For: 127.0.0.1"), List.of());
    rows.add(
        new Attack(
            "D12",
            "a spoofed client address",
            "GET @T HTTP/1.1\r\n" + HOST + "X-Forwarded-For: 6.6.6.6\r\n\r\n",
            served(STATIC),
            served(STATIC),
            spoofed));
  }
}
