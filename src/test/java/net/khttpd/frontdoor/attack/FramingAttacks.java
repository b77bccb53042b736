package net.khttpd.frontdoor.attack;

import static net.khttpd.frontdoor.attack.Attack.DYNAMIC;
import static net.khttpd.frontdoor.attack.Attack.STATIC;
import static net.khttpd.frontdoor.attack.Outcome.answered;
import static net.khttpd.frontdoor.attack.Outcome.passedOn;
import static net.khttpd.frontdoor.attack.Outcome.refused;

import java.util.List;

/// Request framing and smuggling: S1 to S8 and S21 to S23 of `peers.md` C1, with P1 of the
/// original's faults.
public final class FramingAttacks extends Rows {
  private static final String SMUGGLED = "GET /smuggled.txt HTTP/1.1\r\nHost: front.test\r\n\r\n";

  private FramingAttacks() {}

  public static List<Attack> rows() {
    var table = new FramingAttacks();
    table.lengthAndCoding();
    table.transferEncoding();
    table.bodiesOnStatic();
    table.hiddenLength();
    table.lengthSyntax();
    table.expect();
    return table.all();
  }

  /// A request with a body: never static, so passed on from both targets, and 405 alone.
  private void body(
      String id, String name, String method, String fields, String sent, String body) {
    String text = method + " @T HTTP/1.1\r\n" + HOST + fields + "\r\n" + sent;
    Outcome onStatic = passedOn(method + " " + STATIC + " HTTP/1.1", body);
    Outcome onDynamic = passedOn(method + " " + DYNAMIC + " HTTP/1.1", body);
    add(new Attack(id, name, text, answered(405), onStatic, onDynamic));
  }

  private void lengthAndCoding() {
    String both =
        "POST @T HTTP/1.1\r\n" + HOST + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n";
    refuse("S1", "CL.TE", both + "\r\n0\r\n\r\nG", 400);
    refuse(
        "S1",
        "CL.TE, TE first",
        "POST @T HTTP/1.1\r\n"
            + HOST
            + "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nG",
        400);
    refuse(
        "S2",
        "TE.CL",
        both
            + "\r\n"
            + Integer.toHexString(SMUGGLED.length())
            + "\r\n"
            + SMUGGLED
            + "\r\n0\r\n\r\n",
        400);
  }

  private void transferEncoding() {
    coding(
        "two lines, chunked and identity",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        400,
        501);
    coding(
        "two lines, identity and chunked",
        "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
        400,
        501);
    coding("chunked, chunked", "Transfer-Encoding: chunked, chunked", 400, 501);
    coding("unknown coding", "Transfer-Encoding: xchunked", 501);
    coding("gzip, then chunked", "Transfer-Encoding: gzip, chunked", 501);
    coding("empty value", "Transfer-Encoding:", 400, 501);
    coding("empty list", "Transfer-Encoding: ,", 400, 501);
    coding("quoted", "Transfer-Encoding: \"chunked\"", 400, 501);
    coding("with a parameter", "Transfer-Encoding: chunked;x=y", 400, 501);
    for (String bad : List.of("\u000b", "\f", "\0")) {
      coding("control before " + (int) bad.charAt(0), "Transfer-Encoding: " + bad + "chunked", 400);
      coding("control after " + (int) bad.charAt(0), "Transfer-Encoding: chunked" + bad, 400);
    }
    for (String bad : List.of("\u00a0", "\u00ff", "\u0085")) {
      coding(
          "high byte before " + (int) bad.charAt(0),
          "Transfer-Encoding: " + bad + "chunked",
          400,
          501);
      coding(
          "high byte after " + (int) bad.charAt(0), "Transfer-Encoding: chunked" + bad, 400, 501);
    }
    coding("mixed case with a length", "tRANSFER-eNCODING: cHuNkEd\r\nContent-Length: 5", 400);
    coding("folded onto the next line", "Transfer-Encoding:\r\n chunked", 400);
    coding("HT before the value", "Transfer-Encoding:\tchunked", 400);
    coding("HT after the value", "Transfer-Encoding: chunked \t", 400);
    body(
        "S3",
        "mixed case",
        "POST",
        "transfer-ENCODING: CHUNKED\r\n",
        "5\r\nhello\r\n0\r\n\r\n",
        "hello");
    String old =
        "POST @T HTTP/1.0\r\n" + HOST + "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n";
    refuse("S4", "TE on HTTP/1.0", old + "\r\n5\r\nhello\r\n0\r\n\r\n", 400);
    refuse("S4", "TE and CL on HTTP/1.0", old + "Content-Length: 5\r\n\r\nhello", 400);
  }

  private void coding(String name, String lines, Integer... statuses) {
    refuse(
        "S3",
        name,
        "POST @T HTTP/1.1\r\n" + HOST + lines + "\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        statuses);
  }

  private void bodiesOnStatic() {
    String chunk = Integer.toHexString(SMUGGLED.length()) + "\r\n" + SMUGGLED + "\r\n0\r\n\r\n";
    String length = "Content-Length: " + SMUGGLED.length() + "\r\n";
    body("S5", "GET with a chunked body", "GET", "Transfer-Encoding: chunked\r\n", chunk, SMUGGLED);
    body(
        "S5",
        "OPTIONS with a chunked body",
        "OPTIONS",
        "Transfer-Encoding: chunked\r\n",
        chunk,
        SMUGGLED);
    body("S5", "GET with a body and a length", "GET", length, SMUGGLED, SMUGGLED);
    body("S5", "HEAD-like: POST with length 0", "POST", "Content-Length: 0\r\n", "", "");
    body("S22", "POST with a body to a file", "POST", length, SMUGGLED, SMUGGLED);
    body("S22", "PUT with a body to a file", "PUT", length, SMUGGLED, SMUGGLED);
    body("P1", "POST whose body is a request", "POST", length, SMUGGLED, SMUGGLED);
    accept(
        "P1",
        "a field that begins with GET",
        "GET @T HTTP/1.1\r\n" + HOST + "GET: /smuggled.txt HTTP/1.1\r\n\r\n");
    refuseLine("P1", "a field line that is a request line", "GET /smuggled.txt HTTP/1.1", 400);
    upgrade("S21", "Upgrade with a second request behind it", "foo", List.of("Upgrade: foo"), "");
    upgrade("H8", "an upgrade to HTTP/2", "h2c", List.of(), "Upgrade");
    upgrade("H8", "among others", "foo, h2c", List.of("Upgrade: foo"), "HTTP2-Settings");
  }

  /// What follows it is the next request: no backend of these tests switches.
  private void upgrade(String id, String name, String to, List<String> lines, String absent) {
    add(
        new Attack(
            id,
            name,
            "GET @T HTTP/1.1\r\n"
                + HOST
                + "Connection: upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\nUpgrade: "
                + to
                + "\r\n\r\n",
            answered(405),
            passedOnUpgrade(STATIC, lines, absent),
            passedOnUpgrade(DYNAMIC, lines, absent)));
  }

  private static Outcome passedOnUpgrade(String target, List<String> lines, String absent) {
    return new Outcome.PassedOn(
        "GET " + target + " HTTP/1.1", "", lines, List.of(absent, "HTTP2-Settings"));
  }

  private void hiddenLength() {
    refuseLine("S6", "space before the colon", "Content-Length : 5", 400);
    refuseLine("S6", "a line that begins with a space", "X: a\r\n Content-Length: 5", 400);
    refuseLine("S6", "after a bare LF", "X: a\nContent-Length: 5", 400);
    refuseLine("S6", "after a bare CR", "X: a\rContent-Length: 5", 400);
  }

  private void lengthSyntax() {
    length("S7", "differing, two lines", "Content-Length: 5\r\nContent-Length: 10");
    length("S7", "equal, two lines", "Content-Length: 5\r\nContent-Length: 5");
    length("S7", "equal, one line", "Content-Length: 5, 5");
    length("S7", "differing, one line", "Content-Length: 5,6");
    for (String bad :
        List.of(
            "",
            "+5",
            "-1",
            "0x10",
            "1_0",
            "010",
            "05",
            "5 5",
            "1Z",
            "5,",
            ",5",
            "5;",
            "5.0",
            "99999999999999999999",
            "9223372036854775808",
            "18446744073709551621",
            "\u00a05",
            "5\u00a0",
            "\u00855",
            "5\u0085",
            "\"5\"",
            "\u0665")) {
      length("S8", "value '" + bad + "'", "Content-Length: " + bad);
    }
    for (String tabbed : List.of("\t5", "5\t", " \t5", "5 \t ")) {
      length("S8", "HT around the value", "Content-Length:" + tabbed);
    }
  }

  private void length(String id, String name, String lines) {
    refuse(id, name, "POST @T HTTP/1.1\r\n" + HOST + lines + "\r\n\r\nhello", 400);
  }

  private void expect() {
    body(
        "S23",
        "100-continue, body sent at once",
        "POST",
        "Expect: 100-continue\r\nContent-Length: 5\r\n",
        "hello",
        "hello");
    String odd = "POST @T HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\nExpect: ";
    for (String value : List.of("y 100-continue", "100-continuee", "200-ok", "100-continue, x")) {
      add(
          new Attack(
              "S23",
              "Expect: " + value,
              odd + value + "\r\n\r\nhello",
              refused(405, 417),
              refused(417),
              refused(417)));
    }
    Outcome old = passedOn("POST " + DYNAMIC + " HTTP/1.1", "hello");
    Outcome onFile = passedOn("POST " + STATIC + " HTTP/1.1", "hello");
    add(
        new Attack(
            "S23",
            "HTTP/1.0 with Expect",
            "POST @T HTTP/1.0\r\n"
                + HOST
                + "Connection: keep-alive\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
            answered(405),
            onFile,
            old));
  }
}
