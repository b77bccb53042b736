package net.khttpd.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every body is decoded in one piece, in every two pieces and octet by octet (peers.md S9 to S12).
final class ChunkedDecoderTest {
  private final ChunkedDecoder decoder = new ChunkedDecoder();

  static String[][] bodies() {
    return new String[][] {
      {"hello", "5\r\nhello\r\n0\r\n\r\n"},
      {"", "0\r\n\r\n"},
      {"", "0000000000000000\r\n\r\n"},
      {"abc", "1\r\na\r\n02\r\nbc\r\n000\r\n\r\n"},
      {"0123456789abcdef", "10\r\n0123456789abcdef\r\n0\r\n\r\n"},
      {"0123456789a", "B\r\n0123456789a\r\n0;x\r\n\r\n"},
      {"a", "1;a\r\na\r\n0\r\n\r\n"},
      {"a", "1; a=b; c=\"d;\\\" e\u00e9\t\"\r\na\r\n0\r\n\r\n"},
      {"\r\n", "2\r\n\r\n\r\n0\r\n\r\n"},
      {"a", "1;" + "x".repeat(256) + "\r\na\r\n0\r\n\r\n"},
    };
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void theDataComesOutOfTheChunks(String data, String body) {
    byte[] octets = Feed.octets(body + "GET / next");
    everyWay(octets, data + "|done at " + body.length() + "|");
  }

  static String[] faults() {
    return new String[] {
      "0x",
      "+",
      "-",
      " ",
      "5 ",
      "5\t",
      "5_",
      "\r",
      "\n",
      ";",
      "5\n",
      "5\rX",
      "5\r\r",
      "G",
      "FFFFFFFFFFFFFFFF",
      "8000000000000000",
      "00000000000000000",
      "1\r\nab",
      "1\r\na\n",
      "1\r\na\rX",
      "0\r\nX\n",
      "0\r\n\n",
      "0\r\n\rX",
      "5;\r",
      "5;\n",
      "5;a\n",
      "5;a=b\r\r",
      "5;a=\r",
      "5;a\0",
      "5;a=\"\0",
      "5;a=\"\r",
      "5;a=\"b\\\r",
      "5;a=\"b\"c",
      "5;a ",
      "5;=",
      "5;a;\r",
      "0\r\nA: b\n",
      "0\r\n ",
      "0\r\nA ",
      "0\r\nA: b\r\n ",
      "0\r\nContent_Length:",
      "1;" + "x".repeat(257),
    };
  }

  @ParameterizedTest
  @MethodSource("faults")
  void anOffendingOctetIsRefusedWhenItIsSeen(String start) {
    byte[] octets = Feed.octets(start);
    everyWay(octets, (start.startsWith("1\r\na") ? "a" : "") + "|-400");
    String before = decode(octets, octets.length - 1, octets.length - 1);
    assertTrue(before.endsWith("|incomplete"), before);
  }

  @Test
  void allowedTrailersAreKeptAndForbiddenOnesDropped() {
    String trailers = "X-Sum: 12\r\nContent-Length: 5\r\nHost: a\r\nCookie: c\r\nETag:\"e\" \r\n";
    String body = "1\r\na\r\n0\r\n" + trailers + "\r\n";
    everyWay(
        Feed.octets(body + "rest"), "a|done at " + body.length() + "|X-Sum: 12\r\nETag: \"e\"\r\n");
  }

  @Test
  void trailersAreBounded() {
    String many = "0\r\n" + "A: b\r\n".repeat(32);
    assertTrue(decode(many + "\r\n").contains("done"));
    assertEquals("|-431", decode(many + "A"));
    assertTrue(decode("0\r\nA: " + "b".repeat(4089) + "\r\n\r\n").contains("done"));
    assertEquals("|-431", decode("0\r\nA: " + "b".repeat(4090) + "\r\n\r\n"));
    String dropped = "Host: a\r\n";
    assertEquals("|-431", decode("0\r\n" + dropped.repeat(500)));
  }

  @Test
  void extensionsOfAWholeMessageAreBounded() {
    String chunk = "1;" + "x".repeat(200) + "\r\na\r\n";
    assertTrue(decode(chunk.repeat(20) + "0\r\n\r\n").contains("done"));
    assertTrue(decode(chunk.repeat(21)).endsWith("|-400"));
  }

  @Test
  void aHugeChunkIsCountedNotBuffered() {
    byte[] octets = Feed.octets("7fffffffffffffff\r\nabc");
    assertEquals("abc|incomplete", decode(octets, octets.length, octets.length));
  }

  private String decode(String body) {
    byte[] octets = Feed.octets(body);
    return decode(octets, octets.length, octets.length);
  }

  private void everyWay(byte[] octets, String expected) {
    for (int split = 0; split <= octets.length; split++) {
      assertEquals(expected, decode(octets, octets.length, split), "split at " + split);
    }
    decoder.reset();
    StringBuilder data = new StringBuilder();
    String end = "|incomplete";
    for (int i = 0; i < octets.length && end.equals("|incomplete"); i++) {
      end = feed(octets, i, i + 1, data);
    }
    assertEquals(expected, data + end, "octet by octet");
  }

  /// The data and how it ended, decoded in two pieces.
  private String decode(byte[] octets, int length, int split) {
    decoder.reset();
    StringBuilder data = new StringBuilder();
    String end = feed(octets, 0, split, data);
    if (end.equals("|incomplete")) {
      end = feed(octets, split, length, data);
    }
    return data + end;
  }

  private String feed(byte[] octets, int from, int to, StringBuilder data) {
    byte[] piece = java.util.Arrays.copyOfRange(octets, from, to);
    long base = Feed.place(piece, piece.length, from);
    int consumed = 0;
    while (consumed < piece.length && !decoder.done()) {
      int result = decoder.decode(Feed.places(), base + consumed, piece.length - consumed);
      if (result < 0) {
        return "|" + result;
      }
      data.append(Feed.text(Feed.places(), decoder.dataOffset(), decoder.dataLength()));
      consumed += result;
    }
    return decoder.done() ? ending(from + consumed) : "|incomplete";
  }

  private String ending(int at) {
    String trailers = Feed.fields(decoder.trailers(), decoder.trailerBytes(), 0);
    return "|done at " + at + "|" + trailers;
  }
}
