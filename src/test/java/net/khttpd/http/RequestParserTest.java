package net.khttpd.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every case is parsed in one piece, in every two pieces and octet by octet, at moving addresses.
final class RequestParserTest {
  private static final String CRLF = "\r\n";

  private final RequestParser parser = new RequestParser(1024, 100, 8);

  static String[][] verdicts() {
    return RequestCases.VERDICTS;
  }

  @ParameterizedTest
  @MethodSource("verdicts")
  void headsGetTheirVerdict(String status, String head) {
    byte[] octets = Feed.octets(head);
    int verdict = Feed.requestEveryWay(parser, octets);
    assertEquals(status, verdict > 0 ? "200" : String.valueOf(-verdict), head);
  }

  static String[] refusedAtOnce() {
    return RequestCases.REFUSED_AT_THE_LAST_OCTET;
  }

  @ParameterizedTest
  @MethodSource("refusedAtOnce")
  void anOffendingOctetIsRefusedWhenItIsSeen(String start) {
    byte[] octets = Feed.octets(start);
    parser.reset();
    for (int length = 0; length < octets.length; length++) {
      assertEquals(0, Feed.request(parser, octets, length, length), start);
    }
    assertEquals(-400, Feed.request(parser, octets, octets.length, 0), start);
  }

  static String[][] values() {
    return RequestCases.VALUES;
  }

  @ParameterizedTest
  @MethodSource("values")
  void theRequestLineIsTakenApart(String line, String expected) {
    String head = line + CRLF + (line.endsWith("/1.0") ? "" : "Host: h" + CRLF) + CRLF;
    int verdict = Feed.requestEveryWay(parser, Feed.octets(head));
    assertEquals(head.length(), verdict, line);
    RequestHead parsed = parser.head();
    String actual =
        String.join(
            " ",
            parsed.method().name(),
            parsed.targetForm().name(),
            "[" + Feed.text(parsed, parsed.pathStart(), parsed.pathEnd()) + "]",
            "[" + Feed.text(parsed, parsed.queryStart(), parsed.queryEnd()) + "]",
            Feed.text(parsed, parsed.authorityStart(), parsed.authorityEnd()),
            parsed.plainPath() ? "plain" : "unplain",
            "1." + parsed.minorVersion());
    assertEquals(expected, actual);
  }

  static String[][] connections() {
    return new String[][] {
      {"1.1", "", "true"},
      {"1.1", "Connection: close\r\n", "false"},
      {"1.1", "connection: CLOSE\r\n", "false"},
      {"1.1", "Connection: keep-alive, \tClose\r\n", "false"},
      {"1.1", "Connection: keep-alive\r\nA: b\r\nConnection: close\r\n", "false"},
      {"1.1", "Connection: closed\r\n", "true"},
      {"1.1", "Connection: ,,\r\n", "true"},
      {"1.1", "Connection:\r\n", "true"},
      {"1.0", "", "false"},
      {"1.0", "Connection: Keep-Alive\r\n", "true"},
      {"1.0", "Connection: x, keep-alive\r\n", "true"},
      {"1.0", "Connection: keep-alive, close\r\n", "false"},
    };
  }

  @ParameterizedTest
  @MethodSource("connections")
  void connectionOptionsDecideWhetherItIsKept(String version, String fields, String keep) {
    read("GET / HTTP/" + version + CRLF + "Host: h" + CRLF + fields + CRLF);
    assertEquals(keep, String.valueOf(parser.head().keepAlive()));
  }

  @Test
  void connectionRemovesOnlyFieldsThatAreNotProtected() {
    read(
        "GET / HTTP/1.1\r\nHost: h\r\nconnection: x-a, Cookie , Host,close\r\nCookie: c\r\n"
            + "X-A: 1\r\nX-AB: 2\r\nTE: trailers\r\nConnection: te\r\n\r\n");
    StringBuilder named = new StringBuilder();
    FieldSection fields = parser.head().fields();
    for (int i = 0; i < fields.count(); i++) {
      if (parser.head().connectionNames(i)) {
        named.append(Feed.text(parser.head(), fields.nameStart(i), fields.nameEnd(i))).append(' ');
      }
    }
    assertEquals("X-A TE ", named.toString());
    assertEquals(2, fields.occurrences(FieldName.CONNECTION));
  }

  @Test
  void fieldsAreFoundByNameInAnyCase() {
    read("GET / HTTP/1.1\r\nhOsT:\th \r\nIF-none-MATCH: \"a\"\r\nX: \r\nif-None-match:*\r\n\r\n");
    FieldSection fields = parser.head().fields();
    assertEquals(1, fields.first(FieldName.IF_NONE_MATCH));
    assertEquals(2, fields.occurrences(FieldName.IF_NONE_MATCH));
    assertEquals(-1, fields.first(FieldName.RANGE));
    assertEquals(0, fields.occurrences(FieldName.RANGE));
    assertEquals("h", Feed.text(parser.head(), fields.valueStart(0), fields.valueEnd(0)));
    assertEquals(fields.valueStart(2), fields.valueEnd(2));
    assertEquals(FieldName.OTHER, fields.name(2));
  }

  @Test
  void everyKnownNameIsRecognised() {
    for (FieldName name : FieldName.values()) {
      if (name == FieldName.OTHER) {
        continue;
      }
      byte[] octets = Feed.octets(name.canonical().toUpperCase(java.util.Locale.ROOT));
      long base = Feed.place(octets, octets.length, 0);
      assertEquals(name, FieldName.of(Feed.places(), base, octets.length));
    }
  }

  @Test
  void bodiesAreAnnouncedByLengthOrChunks() {
    read("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\nExpect: 100-Continue\r\n\r\n");
    assertEquals(12, parser.head().contentLength());
    assertTrue(parser.head().bodyAnnounced());
    assertTrue(parser.head().expectContinue());
    read("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    assertEquals(0, parser.head().contentLength());
    assertFalse(parser.head().bodyAnnounced());
    read("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n");
    assertTrue(parser.head().chunked());
    assertTrue(parser.head().bodyAnnounced());
    assertEquals(-1, parser.head().contentLength());
    read("POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
    assertFalse(parser.head().expectContinue());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void octetsBehindTheHeadBelongToTheNext(int leading) {
    String head = CRLF.repeat(leading) + "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
    assertEquals(
        head.length(), Feed.requestEveryWay(parser, Feed.octets(head + "GET /b HTTP/1.1\r\n\n")));
  }

  @Test
  void boundsAreKeptToTheOctet() {
    String path = "/" + "a".repeat(99);
    assertEquals(200, verdict("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n"));
    assertEquals(414, verdict("GET " + path + "a HTTP/1.1\r\nHost: h\r\n\r\n"));
    assertEquals(414, verdict("GET " + path + "a"));
    assertEquals(0, verdict("GET " + path));
    String fields = "A: b\r\n".repeat(7);
    assertEquals(200, verdict("GET / HTTP/1.1\r\nHost: h\r\n" + fields + CRLF));
    assertEquals(431, verdict("GET / HTTP/1.1\r\nHost: h\r\n" + fields + "A"));
    String start = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
    String value = "x".repeat(1024 - start.length() - 4);
    assertEquals(200, verdict(start + value + "\r\n\r\n"));
    assertEquals(431, verdict(start + value + "x\r\n\r\n"));
    assertEquals(431, verdict(start + value + "xxxx"));
    assertEquals(501, verdict("A".repeat(65)));
    assertEquals(200, verdict("A".repeat(64) + " / HTTP/1.1\r\nHost: h\r\n\r\n"));
  }

  @Test
  void aTargetWithoutEndIsTooLongEvenWhereTheHeadIsShorter() {
    RequestParser small = new RequestParser(32, 1000, 8);
    assertEquals(-414, Feed.requestEveryWay(small, Feed.octets("GET /" + "a".repeat(40))));
  }

  private void read(String head) {
    assertEquals(head.length(), Feed.requestEveryWay(parser, Feed.octets(head)), head);
  }

  private int verdict(String head) {
    int verdict = Feed.requestEveryWay(parser, Feed.octets(head));
    return verdict > 0 ? 200 : -verdict;
  }
}
