package net.khttpd.passon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import net.khttpd.http.Method;
import net.khttpd.loop.Buffers;
import net.khttpd.passon.Download.Taken;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every response is taken in one piece, in every two pieces and octet by octet.
final class DownloadTest {
  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n";

  private final Buffers buffers = new Buffers();
  private final Output out = new Output(buffers);
  private final Download download = new Download(out);

  @AfterEach
  void nothingIsKept() {
    out.clear();
    assertEquals(0, buffers.bytesOut());
    buffers.close();
  }

  /// Method, what the backend says, what an HTTP/1.0 client gets (no chunks: the same however the
  /// response was cut).
  static String[][] responses() {
    String closing = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    return new String[][] {
      {
        "GET",
        OK + "A: 1\r\nContent-Length: 2\r\n\r\nok",
        OK + "A: 1\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok"
      },
      {
        "HEAD",
        OK + "Content-Length: 2\r\n\r\n",
        OK + "Content-Length: 2\r\nConnection: keep-alive\r\n\r\n"
      },
      {
        "GET",
        "HTTP/1.1 204 None\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 204 None\r\nConnection: keep-alive\r\n\r\n"
      },
      {"GET", CHUNKED + "2;a=b\r\nok\r\n1\r\n!\r\n0\r\nT: 1\r\n\r\n", closing + "ok!"},
      {
        "GET",
        "HTTP/1.1 103 Early\r\nLink: a\r\n\r\n" + OK + "Content-Length: 0\r\n\r\n",
        OK + "Content-Length: 0\r\nConnection: keep-alive\r\n\r\n"
      },
      {
        "GET",
        OK + "Connection: X-A\r\nX-A: 1\r\nKeep-Alive: timeout=3\r\nContent-Length: 0\r\n\r\n",
        OK + "Content-Length: 0\r\nConnection: keep-alive\r\n\r\n"
      },
      {
        "GET",
        OK + "A:1\r\nB:\t2 \r\nContent-Length: 1\r\n\r\nx",
        OK + "A: 1\r\nB: 2\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\nx"
      },
    };
  }

  @ParameterizedTest
  @MethodSource("responses")
  void aResponseIsTheSameHoweverItWasCut(String method, String response, String expected) {
    Method asked = Method.valueOf(method);
    assertEquals(expected, relayed(asked, 0, response, response.length()), "in one piece");
    for (int cut = 1; cut < response.length(); cut++) {
      assertEquals(expected, relayed(asked, 0, response, cut), "cut at " + cut);
    }
    assertEquals(expected, relayed(asked, 0, response, 1), "octet by octet");
    assertTrue(download.complete());
  }

  static String[] faults() {
    return new String[] {
      OK + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
      OK + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      OK + "Content-Length: +1\r\n\r\n",
      OK + "Transfer-Encoding: gzip\r\n\r\n",
      "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
      "HTTP/1.1 101 Switching Protocols\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\n".repeat(33),
      "ICY 200 OK\r\n\r\n",
      OK + "A: " + "a".repeat(Download.HEAD_BYTES) + "\r\n\r\n",
      CHUNKED + "g\r\n",
      CHUNKED + "1\r\nxx\r\n",
      CHUNKED + "1\nx\r\n",
    };
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultIsOneHoweverTheResponseWasCut(String response) {
    assertEquals("FAULT", relayed(Method.GET, 1, response, response.length()));
    assertEquals("FAULT", relayed(Method.GET, 1, response, Math.max(1, response.length() / 2)));
  }

  @Test
  void aBodyDelimitedByCloseBecomesChunked() {
    String relayed = relayed(Method.GET, 1, OK + "\r\nhello", OK.length() + 7);
    assertEquals(CHUNKED + "5\r\nhello\r\n", relayed);
    assertTrue(download.end());
    assertEquals(CHUNKED + "5\r\nhello\r\n0\r\n\r\n", text());
  }

  @Test
  void forbiddenTrailersStayBehind() {
    String response = CHUNKED + "1\r\nx\r\n0\r\nHost: evil\r\nX-Sum: 1\r\n\r\n";
    assertEquals(
        CHUNKED + "1\r\nx\r\n0\r\nX-Sum: 1\r\n\r\n",
        relayed(Method.GET, 1, response, response.length()));
  }

  @Test
  void whatFollowsTheResponseIsNotTaken() {
    String response = OK + "Content-Length: 2\r\n\r\nok";
    relayed(Method.GET, 1, response + "HTTP/1.1 200 OK", response.length() + 15);
    assertTrue(download.complete());
    assertEquals(response.length(), download.used());
  }

  /// Gives the response in two pieces (or, with a first piece of one octet, octet by octet), what
  /// was not taken again before the next.
  private String relayed(Method method, int minorVersion, String response, int firstPiece) {
    out.clear();
    download.begin(method, minorVersion);
    MemorySegment bytes = MemorySegment.ofArray(response.getBytes(ISO_8859_1));
    int length = response.length();
    int from = 0;
    for (int to = firstPiece; from < length; to = firstPiece == 1 ? to + 1 : length) {
      Taken taken = download.take(bytes, from, to - from, () -> true);
      if (taken == Taken.FAULT) {
        return "FAULT";
      }
      from = taken == Taken.ALL ? to : from + download.used();
      if (to == length) {
        break;
      }
    }
    return text();
  }

  private String text() {
    if (out.isEmpty()) {
      return "";
    }
    byte[] written = out.bytes().asSlice(out.start(), out.length()).toArray(ValueLayout.JAVA_BYTE);
    return new String(written, ISO_8859_1);
  }
}
