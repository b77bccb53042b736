package net.khttpd.http;

import java.util.ArrayList;
import java.util.List;

/// Tables of request heads: reference/peers.md §C1 S1 to S20 and S23, §C5 D10, and design.md's HTTP
/// decisions.
final class RequestCases {
  /// Starts of heads whose last octet is the first that may not stand where it stands.
  static final String[] REFUSED_AT_THE_LAST_OCTET = {
    "\0",
    "\t",
    " ",
    "\n",
    "\u007f",
    "\rG",
    "\r\n\r\n\r",
    "\r\n\n",
    "GET\n",
    "GET\t",
    "GET\r",
    "GE=",
    "(",
    "\u0080",
    "GET  ",
    "GET /a\n",
    "GET /a\r",
    "GET /\0",
    "GET /\t",
    "GET /\u007f",
    "GET /a#",
    "GET /%g",
    "GET /%0g",
    "GET /%00",
    "GET /?%00",
    "GET /?a=% ",
    "GET / h",
    "GET / HTTP/1.1 ",
    "GET / HTTP/1.1\n",
    "GET / HTTP/1.1\rH",
    "GET / HTTP/01",
    "GET / HTTP/1.32",
    "GET / HTTP/1.\r",
    "GET / HTTP/42",
    "GET / HTTP/1.1\r\n ",
    "GET / HTTP/1.1\r\n\t",
    "GET / HTTP/1.1\r\n:",
    "GET / HTTP/1.1\r\n\n",
    "GET / HTTP/1.1\r\nHost ",
    "GET / HTTP/1.1\r\nHost\t",
    "GET / HTTP/1.1\r\nHost\u0085",
    "GET / HTTP/1.1\r\nHost\u00a0",
    "GET / HTTP/1.1\r\nHost\r",
    "GET / HTTP/1.1\r\nHo\0",
    "GET / HTTP/1.1\r\nTe\n",
    "GET / HTTP/1.1\r\nContent_Length:",
    "GET / HTTP/1.1\r\ntransfer_ENCODING:",
    "GET / HTTP/1.1\r\nHost: a\n",
    "GET / HTTP/1.1\r\nHost: a\rb",
    "GET / HTTP/1.1\r\nX: a\r\n ",
    "GET / HTTP/1.1\r\nX: a\r\n\t",
    "GET / HTTP/1.1\r\nX: a\0",
    "GET / HTTP/1.1\r\nX: a\u0007",
    "GET / HTTP/1.1\r\nX: a\u007f",
    "GET / HTTP/1.1\r\nX: 0123456789\u000b",
    "GET / HTTP/1.1\r\nX: 01234567\f",
    "GET / HTTP/1.1\r\nHost: a\r\n\r\r",
    "GET / HTTP/1.1\r\nHost: a\r\n\rX",
  };

  /// Request line, and: method, form, path, query, authority, plainness, version.
  static final String[][] VALUES = {
    {"GET / HTTP/1.1", "GET ORIGIN [/] [none] h plain 1.1"},
    {"GET / HTTP/1.0", "GET ORIGIN [/] [none] none plain 1.0"},
    {"GET / HTTP/1.9", "GET ORIGIN [/] [none] h plain 1.1"},
    {"HEAD /a/b.html?x=1?y//. HTTP/1.1", "HEAD ORIGIN [/a/b.html] [x=1?y//.] h plain 1.1"},
    {"GET /? HTTP/1.1", "GET ORIGIN [/] [] h plain 1.1"},
    {"GET /a?%41|{ HTTP/1.1", "GET ORIGIN [/a] [%41|{] h plain 1.1"},
    {"POST /a//b HTTP/1.1", "POST ORIGIN [/a//b] [none] h unplain 1.1"},
    {"PUT //b HTTP/1.1", "PUT ORIGIN [//b] [none] h unplain 1.1"},
    {"DELETE /a/../b HTTP/1.1", "DELETE ORIGIN [/a/../b] [none] h unplain 1.1"},
    {"PATCH /.a HTTP/1.1", "PATCH ORIGIN [/.a] [none] h unplain 1.1"},
    {"TRACE /a%20b HTTP/1.1", "TRACE ORIGIN [/a%20b] [none] h unplain 1.1"},
    {"MKCOL /a\\b HTTP/1.1", "OTHER_KNOWN ORIGIN [/a\\b] [none] h unplain 1.1"},
    {"get /a|b HTTP/1.1", "UNKNOWN ORIGIN [/a|b] [none] h unplain 1.1"},
    {"GET /~a!$&'()*+,;=:@-_.0 HTTP/1.1", "GET ORIGIN [/~a!$&'()*+,;=:@-_.0] [none] h plain 1.1"},
    {"OPTIONS * HTTP/1.1", "OPTIONS ASTERISK [] [none] h unplain 1.1"},
    {"CONNECT a.b:443 HTTP/1.1", "CONNECT AUTHORITY [] [none] a.b:443 unplain 1.1"},
    {"CONNECT /a HTTP/1.1", "CONNECT AUTHORITY [] [none] h unplain 1.1"},
    {"CONNECT a HTTP/1.1", "CONNECT AUTHORITY [] [none] h unplain 1.1"},
    {"GET /\u00c3\u00a4?\u00e4 HTTP/1.1", "GET ORIGIN [/\u00c3\u00a4] [\u00e4] h unplain 1.1"},
    {"GET http://a.b:81/c?d HTTP/1.1", "GET ABSOLUTE [/c] [d] a.b:81 plain 1.1"},
    {"GET HTTPS://a HTTP/1.1", "GET ABSOLUTE [] [none] a plain 1.1"},
    {"GET http://a?q HTTP/1.1", "GET ABSOLUTE [] [q] a plain 1.1"},
    {"GET http://a/ HTTP/1.0", "GET ABSOLUTE [/] [none] a plain 1.0"},
    {"GET http://[::1]:8/./ HTTP/1.1", "GET ABSOLUTE [/./] [none] [::1]:8 unplain 1.1"},
  };

  /// Status (200: accepted, 0: incomplete) and head.
  static final String[][] VERDICTS = verdicts();

  private RequestCases() {}

  private static String[][] verdicts() {
    List<String[]> cases = new ArrayList<>();
    lines(cases);
    hosts(cases);
    framing(cases);
    for (String refused : REFUSED_AT_THE_LAST_OCTET) {
      cases.add(new String[] {"400", refused + " / HTTP/1.1\r\nHost: a\r\n\r\n"});
    }
    return cases.toArray(String[][]::new);
  }

  private static void lines(List<String[]> cases) {
    String host = "\r\nHost: a\r\n\r\n";
    add(
        cases,
        "200",
        host,
        "GET / HTTP/1.1",
        "\r\n\r\nGET / HTTP/1.1",
        "x!#$%&'*+-.^_`|~ / HTTP/1.1");
    add(cases, "505", host, "GET / HTTP/2.0", "GET / HTTP/9.9", "PRI * HTTP/2.0");
    add(cases, "400", host, "GET /file", "HEAD /file", "GET", "", "GET  / HTTP/1.1");
    add(cases, "400", host, "GET /  HTTP/1.1", "GET /a b HTTP/1.1", "GET * HTTP/1.1");
    add(cases, "400", host, "GET a HTTP/1.1", "GET a:80 HTTP/1.1", "GET ftp://a/ HTTP/1.1");
    add(
        cases,
        "400",
        host,
        "GET http:/// HTTP/1.1",
        "GET http:// HTTP/1.1",
        "GET http:/a HTTP/1.1");
    add(cases, "400", host, "GET http://u@a/ HTTP/1.1", "GET http://?a HTTP/1.1");
    add(cases, "400", host, "GET http://a\\b/ HTTP/1.1", "OPTIONS ** HTTP/1.1");
    add(cases, "200", host, "CONNECT / HTTP/1.1", "CONNECT a: HTTP/1.1", "GET /\u00e4 HTTP/1.1");
    add(cases, "400", host, "CONNECT a b HTTP/1.1", "CONNECT  HTTP/1.1", "GET ?a HTTP/1.1");
    add(
        cases,
        "0",
        "",
        "",
        "\r",
        "\r\n",
        "GET",
        "GET /%",
        "GET /%2",
        "GET / HTTP/1.1\r\nHost: a\r\n\r");
    add(cases, "200", "\r\n\r\n", "GET / HTTP/1.1\r\nHost:\ta\t \r\nA_b: \u00e9\t\u00ff\r\nC:");
  }

  private static void hosts(List<String[]> cases) {
    String line = "GET / HTTP/1.1\r\nHost: ";
    for (String good :
        List.of(
            "a",
            "a.b",
            "a_b",
            "A-1:80",
            "127.0.0.1",
            "[::1]",
            "[::1]:8080",
            "a:",
            "a:65535",
            "[2001:db8::1:2]",
            "[1:2:3:4:5:6:7:8]",
            "[::ffff:1.2.3.4]",
            "[v1.a:b]",
            "a%41",
            "[1::]",
            "[1:2:3:4:5:6:1.2.3.4]",
            "a.")) {
      cases.add(new String[] {"200", line + good + "\r\n\r\n"});
    }
    for (String bad :
        List.of(
            "",
            "good@evil",
            "a,b",
            "a b",
            "good:80:80",
            "[::1]x",
            "[::1",
            "::1",
            "[]",
            "[:]",
            "a:65536",
            "a:80a",
            "a/",
            "a?",
            "a#",
            "a\\b",
            ":80",
            "a:-1",
            "[1:2:3:4:5:6:7]",
            "[1:2:3:4:5:6:7:8:9]",
            "[1::2::3]",
            "[12345::]",
            "[::1%25eth0]",
            "[::1.2.3]",
            "[::1.2.3.256]",
            "[1:]",
            "[:1]",
            "[v.a]",
            "a%4",
            "a%00",
            "a\"",
            "a\u00e4",
            "<a>",
            "[::1.2.3.4:5]",
            "a:000080",
            "http://a")) {
      cases.add(new String[] {"400", line + bad + "\r\n\r\n"});
    }
    add(cases, "400", "\r\n\r\n", line + "a\r\nHost: a", line + "a\r\nhost: b", "GET / HTTP/1.1");
    add(cases, "400", "\r\n\r\n", "GET / HTTP/1.0\r\nHost: a\r\nHost: a", "GET http://a/ HTTP/1.1");
    add(cases, "400", "\r\n\r\n", "GET http://a/ HTTP/1.1\r\nHost: @");
    add(cases, "200", "\r\n\r\n", "GET / HTTP/1.0", "GET http://a/ HTTP/1.1\r\nHost: b");
  }

  private static void framing(List<String[]> cases) {
    String post = "POST / HTTP/1.1\r\nHost: a\r\n";
    String end = "\r\n\r\n";
    for (String good : List.of("0", "1", "10", "999999999999999999")) {
      cases.add(new String[] {"200", post + "Content-Length: " + good + end});
    }
    for (String bad :
        List.of(
            "",
            "+5",
            "-1",
            "0x10",
            "1_0",
            "010",
            "00",
            "5 5",
            "1Z",
            "5, 5",
            "5,6",
            "5,",
            "99999999999999999999",
            "9223372036854775808",
            "\u00a05",
            "5\u0085",
            "\t5",
            "5\t",
            "1.0",
            "1e3")) {
      cases.add(new String[] {"400", post + "Content-Length: " + bad + end});
    }
    add(cases, "400", end, post + "Content-Length: 5\r\nContent-Length: 5");
    add(cases, "400", end, post + "Content-Length: 5\r\nA: b\r\ncontent-length: 10");
    add(cases, "400", end, post + "Content-Length: 6\r\nTransfer-Encoding: chunked");
    add(cases, "400", end, post + "tRANSFER-eNCODING: chunked\r\nContent-Length: 6");
    add(cases, "400", end, post + "Transfer-Encoding: gzip\r\nContent-Length: 6");
    String coding = post + "Transfer-Encoding: ";
    add(cases, "200", end, coding + "chunked", coding + "CHUNKED", coding + " chunked ");
    add(cases, "501", end, coding + "xchunked", coding + "identity", coding + "gzip, chunked");
    add(cases, "400", end, coding + "chunked, chunked", coding + "chunked, gzip", coding);
    add(
        cases,
        "400",
        end,
        coding + "chunked\r\nTransfer-Encoding: identity",
        coding + ",chunked",
        coding + "\tchunked");
    add(cases, "400", end, coding + "chunked,", coding + "chunked\u00a0", coding + "\u00ffchunked");
    add(cases, "400", end, coding + "chunked\u000b", coding + "\fchunked", coding + "chunked;a=b");
    add(cases, "400", end, coding + "\"chunked\"", coding + "chun ked", coding + "\r\n chunked");
    String old = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked";
    add(cases, "400", end, old, old + "\r\nContent-Length: 3", old + "\r\nConnection: keep-alive");
    add(cases, "417", end, post + "Expect:", post + "Expect: y 100-continue", post + "Expect: 200");
    add(cases, "417", end, post + "Expect: 100-continue\r\nExpect: 100-continue");
    add(cases, "200", end, post + "Expect: 100-Continue", "GET / HTTP/1.0\r\nExpect: 100-continue");
    add(cases, "400", end, "POST / HTTP/1.1\r\nExpect: x\r\nTransfer-Encoding: x");
  }

  private static void add(List<String[]> cases, String status, String end, String... starts) {
    for (String start : starts) {
      cases.add(new String[] {status, start + end});
    }
  }
}
