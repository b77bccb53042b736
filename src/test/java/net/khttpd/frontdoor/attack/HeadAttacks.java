package net.khttpd.frontdoor.attack;

import static net.khttpd.frontdoor.attack.Attack.DYNAMIC;
import static net.khttpd.frontdoor.attack.Attack.STATIC;
import static net.khttpd.frontdoor.attack.Outcome.answered;
import static net.khttpd.frontdoor.attack.Outcome.passedOn;

import java.util.List;

/// The syntax of the head: S13 to S20 of `peers.md` C1, S25, and P2, P3, P6 and P14 of the
/// original's faults.
public final class HeadAttacks extends Rows {
  private HeadAttacks() {}

  public static List<Attack> rows() {
    var table = new HeadAttacks();
    table.startAndEndOfHead();
    table.names();
    table.values();
    table.requestLine();
    return table.all();
  }

  private void startAndEndOfHead() {
    String head = "GET @T HTTP/1.1\r\n" + HOST + "\r\n";
    for (String bad :
        List.of("\0", "\u0001", "\u007f", "\t", " ", "\n", "\r", "\r\r\n", "\u00ff")) {
      refuse("S13", "byte " + (int) bad.charAt(0) + " before the request line", bad + head, 400);
    }
    refuse("S13", "NUL after one CRLF", "\r\n\0" + head, 400);
    refuse("S13", "three CRLF before the request line", "\r\n\r\n\r\n" + head, 400);
    accept("S13", "one CRLF before the request line", "\r\n" + head);
    accept("S13", "two CRLF before the request line", "\r\n\r\n" + head);
    refuse("S14", "space before the first field", "GET @T HTTP/1.1\r\n " + HOST + "\r\n", 400);
    refuse("S14", "HT before the first field", "GET @T HTTP/1.1\r\n\t" + HOST + "\r\n", 400);
    String open = "GET @T HTTP/1.1\r\nHost: front.test";
    refuse("S15", "head ended by CR CR CR", open + "\r\r\r", 400);
    refuse("S15", "head ended by LF LF", open + "\n\n", 400);
    refuse("S15", "head ended by CRLF LF", open + "\r\n\n", 400);
    refuse("S15", "head ended by LF CRLF", open + "\n\r\n", 400);
    refuse("S15", "head ended by CRLF CR X", open + "\r\n\rX", 400);
  }

  private void names() {
    for (String name :
        List.of(
            "X ",
            "X\t",
            "X\u0085",
            "X\u00a0",
            "",
            "X\u0001Y",
            "X\0Y",
            "Te\nst",
            "X-\r\n Foo",
            "X(",
            "X/Y",
            "X Y",
            "X\"",
            "X@Y",
            "X\u007f",
            "X\u00e9")) {
      refuseLine("S16", "name '" + name + "'", name + ": a", 400);
    }
    refuseLine("S16", "no colon", "NoColon", 400);
    refuseLine("S16", "look-alike Content_Length", "Content_Length: 5", 400);
    refuseLine("S16", "look-alike Transfer_Encoding", "Transfer_Encoding: chunked", 400);
    refuseLine("S16", "look-alike in other case", "content_length: 5", 400);
    accept(
        "S16",
        "another underscore",
        "GET @T HTTP/1.1\r\n" + HOST + "X_Custom: 1\r\n\r\n",
        "X_Custom: 1");
    accept(
        "P14",
        "name in odd case, no blank, more blanks",
        "GET @T HTTP/1.1\r\nhOsT:front.test\r\naCcEpT:   */*  \r\n\r\n");
  }

  private void values() {
    for (String bad :
        List.of("a\0b", "a\rb", "a\nb", "a\u0007b", "a\u001bb", "a\u007fb", "\u0001")) {
      refuseLine(
          "S17", "value with byte " + (int) bad.replaceAll("[ab]", "").charAt(0), "X: " + bad, 400);
    }
    refuse("S17", "CR at the end of a value", "GET @T HTTP/1.1\r\n" + HOST + "X: a\r\r\n\r\n", 400);
    accept(
        "S17",
        "high bytes in a value",
        "GET @T HTTP/1.1\r\n" + HOST + "X-High: \u00e9\u0080\u00ff\r\n\r\n",
        "X-High: \u00e9\u0080\u00ff");
    accept("S17", "HT before Host's value", "GET @T HTTP/1.1\r\nHost:\tfront.test\r\n\r\n");
    accept(
        "S17",
        "HT within a value",
        "GET @T HTTP/1.1\r\n" + HOST + "X-Tab: a\tb\r\n\r\n",
        "X-Tab: a\tb");
    accept("P2", "an empty value", "GET @T HTTP/1.1\r\n" + HOST + "X-Empty:\r\n\r\n");
    refuseLine("S18", "obs-fold with HT", "X: a\r\n\tb", 400);
    refuseLine("S18", "obs-fold with SP", "X: a\r\n b", 400);
    refuse("S18", "obs-fold of Host", "GET @T HTTP/1.1\r\nHost:\r\n front.test\r\n\r\n", 400);
  }

  private void requestLine() {
    for (String version :
        List.of(
            "HTTP/1.32",
            "HTTP/01.1",
            "HTTP/1.",
            "HTTP/1",
            "HTTP/.1",
            "HTTP/4294967295.255",
            "HTTP/1.1 ",
            "http/1.1",
            "HTTP /1.1",
            "HTP/1.1",
            "HTTP/1,1",
            "HTTP/1.1x",
            "HTTP/-1.1",
            "")) {
      refuse(
          "S19",
          "version '" + version + "'",
          "GET @T " + version + "\r\n" + HOST + "\r\n",
          400,
          505);
    }
    refuse("S19", "version 9.9", "GET @T HTTP/9.9\r\n" + HOST + "\r\n", 505);
    refuse("S19", "version 2.0", "GET @T HTTP/2.0\r\n" + HOST + "\r\n", 505);
    refuse("S19", "HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, 505);
    refuse("S19", "LF between method and target", "GET\n@T HTTP/1.1\r\n" + HOST + "\r\n", 400);
    refuse("S19", "HT between method and target", "GET\t@T HTTP/1.1\r\n" + HOST + "\r\n", 400);
    refuse("S19", "HT between target and version", "GET @T\tHTTP/1.1\r\n" + HOST + "\r\n", 400);
    refuse("S19", "two spaces before the target", "GET  @T HTTP/1.1\r\n" + HOST + "\r\n", 400);
    refuse("S19", "two spaces before the version", "GET @T  HTTP/1.1\r\n" + HOST + "\r\n", 400);
    refuse("S19", "method with separators", "GE=(T @T HTTP/1.1\r\n" + HOST + "\r\n", 400);
    refuse("S19", "space within the target", "GET /hello txt HTTP/1.1\r\n" + HOST + "\r\n", 400);
    refuse("S19", "request line ended by LF", "GET @T HTTP/1.1\n" + HOST + "\r\n", 400);
    refuse("S19", "empty method", " @T HTTP/1.1\r\n" + HOST + "\r\n", 400);
    add(
        new Attack(
            "S19",
            "method in lower case",
            "get @T HTTP/1.1\r\n" + HOST + "\r\n",
            answered(501),
            passedOn("get " + STATIC + " HTTP/1.1"),
            passedOn("get " + DYNAMIC + " HTTP/1.1")));
    refuse("S20", "HTTP/0.9 GET", "GET @T\r\n", 400);
    refuse("S20", "HTTP/0.9 HEAD", "HEAD @T\r\n", 400);
    refuse("S20", "HTTP/0.9 spelled out", "GET @T HTTP/0.9\r\nHost: front.test\r\n\r\n", 400);
    refuse("P3", "no version but fields", "GET @T\r\n" + HOST + "\r\n", 400);
    refuse("P6", "target without a slash", "GET -x/hello.txt HTTP/1.1\r\n" + HOST + "\r\n", 400);
    for (String method : List.of("CONNECT", "TRACE")) {
      Outcome refused = answered(405);
      add(
          new Attack(
              "S25",
              method,
              method
                  + (method.equals("TRACE") ? " @T" : " front.test:80")
                  + " HTTP/1.1\r\n"
                  + HOST
                  + "Cookie: a=b\r\n\r\n",
              refused,
              refused,
              refused));
    }
  }
}
