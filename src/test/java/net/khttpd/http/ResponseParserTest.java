package net.khttpd.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every case is parsed in one piece, in every two pieces and octet by octet (peers.md S26).
final class ResponseParserTest {
  private final ResponseParser parser = new ResponseParser(512, 4);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK",
        "HTTP/1.0 200 OK",
        "HTTP/1.1 200 ",
        "HTTP/1.1 200",
        "HTTP/1.1 599 \u00e4\t!",
        "HTTP/1.1 100 Continue",
        "HTTP/1.1 200 OK\r\nContent-Length: 0",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked",
      })
  void goodHeadsAreAccepted(String head) {
    String whole = head + "\r\n\r\n";
    assertEquals(whole.length(), Feed.responseEveryWay(parser, Feed.octets(whole + "\0body")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\nHTTP/1.1 200 OK",
        " HTTP/1.1 200 OK",
        "HTTP/2.0 200 OK",
        "http/1.1 200 OK",
        "HTTP/1.1  200 OK",
        "HTTP/1.1 20 OK",
        "HTTP/1.1 2000 OK",
        "HTTP/1.1 099 OK",
        "HTTP/1.1 600 OK",
        "HTTP/1.1 200 O\0K",
        "HTTP/1.1 200\tOK",
        "HTTP/1.1 200 OK\nA: b",
        "HTTP/1.1 200 OK\r\nA: b\nC: d",
        "HTTP/1.1 200 OK\r\nA: b\r\n c",
        "HTTP/1.1 200 OK\r\n A: b",
        "HTTP/1.1 200 OK\r\nA : b",
        "HTTP/1.1 200 OK\r\nA: \0",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2",
        "HTTP/1.1 200 OK\r\nContent-Length: x",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked",
        "HTTP/1.1 200 OK\r\nA: 1\r\nA: 2\r\nA: 3\r\nA: 4\r\nA: 5",
      })
  void faultsAre502(String head) {
    assertEquals(-502, Feed.responseEveryWay(parser, Feed.octets(head + "\r\n\r\n")));
  }

  @Test
  void aHeadBeyondItsBoundIs502() {
    String head = "HTTP/1.1 200 OK\r\nA: ";
    String value = "a".repeat(512 - head.length() - 4);
    assertEquals(512, Feed.responseEveryWay(parser, Feed.octets(head + value + "\r\n\r\n")));
    assertEquals(-502, Feed.responseEveryWay(parser, Feed.octets(head + value + "a\r\n\r\n")));
  }

  @Test
  void theStatusLineIsTakenApart() {
    byte[] octets =
        Feed.octets("HTTP/1.0 404 Not Found\r\nConnection: keep-alive, X\r\nx: y\r\n\r\n");
    assertEquals(octets.length, Feed.responseEveryWay(parser, octets));
    ResponseHead head = parser.head();
    assertEquals(404, head.status());
    assertEquals(0, head.minorVersion());
    assertEquals(true, head.keepAlive());
    assertEquals(true, head.connectionNames(1));
    assertEquals(
        "Not Found",
        Feed.text(
            head.bytes(), head.base() + head.reasonStart(), head.reasonEnd() - head.reasonStart()));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, 200, false, -1, UNTIL_CLOSE",
    "GET, 200, false, 0, NONE",
    "GET, 200, false, 7, LENGTH",
    "GET, 200, true, -1, CHUNKED",
    "HEAD, 200, true, -1, NONE",
    "HEAD, 200, false, 7, NONE",
    "POST, 100, false, -1, NONE",
    "POST, 204, false, 7, NONE",
    "GET, 304, false, 7, NONE",
    "GET, 404, false, -1, UNTIL_CLOSE",
  })
  void theEndOfABodyFollowsFromRequestAndStatus(
      Method method, int status, boolean chunked, long length, BodyFraming framing) {
    assertEquals(framing, BodyFraming.ofResponse(method, status, chunked, length));
  }
}
