package net.khttpd.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Seeded mutations of good heads and bodies: whatever comes, it is refused, incomplete or
/// understood; it makes no difference how it arrives; and what was understood reads the same when
/// written again.
final class HeadFuzzTest {
  private static final int ROUNDS = Boolean.getBoolean("khttpd.long") ? 2_000_000 : 100_000;
  private static final long SEED = 20261122;

  private static final String[] SEEDS = {
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "\r\nGET /a/b.html?c=%41 HTTP/1.1\r\nHost: a.b:80\r\nConnection: keep-alive\r\n\r\n",
    "POST http://[::1]:80/a HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\n",
    "PUT /a%20b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: x, close\r\n\r\n",
    "OPTIONS * HTTP/1.0\r\nUser-Agent: Mozilla/5.0 (X11; Linux)\t\u00e9\r\nX_y:\r\n\r\n",
    "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\nIf-None-Match: \"a\", W/\"b\"\r\n\r\n",
  };
  private static final String[] RESPONSES = {
    "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nETag: \"a\"\r\n\r\n",
    "HTTP/1.0 304 \r\nConnection: keep-alive\r\nDate: x\r\n\r\n",
    "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\nSet-Cookie: a=b\r\n\r\n",
  };
  private static final String[] BODIES = {
    "5\r\nhello\r\n0\r\n\r\n",
    "1;a=\"b\"\r\nx\r\nA;c\r\n0123456789\r\n00\r\nX-Sum: 1\r\nHost: a\r\n\r\n",
  };
  private static final String HOSTILE =
      "\0\t\n\r\r\n  :;,%/?#.\\@[]\"*0019afFGx_-\u007f\u0080\u0085\u00a0\u00ff";

  @Test
  void mutatedRequestsAreReadTheSameHoweverTheyArrive() {
    Random random = new Random(SEED);
    RequestParser parser = new RequestParser(160, 40, 5);
    RequestParser again = new RequestParser(400, 40, 5);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] octets = mutate(random, SEEDS[random.nextInt(SEEDS.length)]);
      parser.reset();
      int verdict = Feed.request(parser, octets, octets.length, round);
      String whole = Feed.describe(parser.head(), verdict);
      if (verdict > 0) {
        rewrittenReadsTheSame(parser.head(), again, octets, whole);
      }
      parser.reset();
      int pieces = 0;
      for (int length = 0; length < octets.length && pieces == 0; ) {
        length = Math.min(octets.length, length + 1 + random.nextInt(random.nextInt(20) + 1));
        pieces = Feed.request(parser, octets, length, length);
      }
      assertEquals(whole, Feed.describe(parser.head(), pieces), () -> shown(octets));
    }
  }

  @Test
  void mutatedResponsesAreReadTheSameHoweverTheyArrive() {
    Random random = new Random(SEED);
    ResponseParser parser = new ResponseParser(120, 5);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] octets = mutate(random, RESPONSES[random.nextInt(RESPONSES.length)]);
      parser.reset();
      int verdict = Feed.response(parser, octets, octets.length, round);
      String whole = Feed.describe(parser.head(), verdict);
      parser.reset();
      int pieces = 0;
      for (int length = 0; length < octets.length && pieces == 0; ) {
        length = Math.min(octets.length, length + 1 + random.nextInt(random.nextInt(20) + 1));
        pieces = Feed.response(parser, octets, length, length);
      }
      assertEquals(whole, Feed.describe(parser.head(), pieces), () -> shown(octets));
    }
  }

  @Test
  void mutatedChunksAreReadTheSameHoweverTheyArrive() {
    Random random = new Random(SEED);
    ChunkedDecoder decoder = new ChunkedDecoder();
    for (int round = 0; round < ROUNDS; round++) {
      byte[] octets = mutate(random, BODIES[random.nextInt(BODIES.length)]);
      String whole = decode(decoder, octets, octets.length, random);
      assertEquals(whole, decode(decoder, octets, 1, random), () -> shown(octets));
      assertEquals(whole, decode(decoder, octets, 9, random), () -> shown(octets));
    }
  }

  /// The target in its own form, fields as they were read, nothing else.
  private static void rewrittenReadsTheSame(
      RequestHead head, RequestParser again, byte[] octets, String whole) {
    String rewritten =
        Feed.text(head, head.methodStart(), head.methodEnd())
            + " "
            + Feed.text(head, head.targetStart(), head.targetEnd())
            + (head.minorVersion() == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n")
            + Feed.fields(head.fields(), head.bytes(), head.base())
            + "\r\n";
    byte[] copy = Feed.octets(rewritten);
    again.reset();
    int verdict = Feed.request(again, copy, copy.length, 1);
    assertEquals(
        whole.substring(whole.indexOf('|')),
        Feed.describe(again.head(), verdict).replaceFirst("^length \\d+", ""),
        () -> shown(octets));
  }

  private static String decode(ChunkedDecoder decoder, byte[] octets, int step, Random random) {
    decoder.reset();
    StringBuilder data = new StringBuilder();
    int at = 0;
    while (at < octets.length && !decoder.done()) {
      int length = Math.min(octets.length - at, step == 9 ? 1 + random.nextInt(step) : step);
      byte[] piece = Arrays.copyOfRange(octets, at, at + length);
      long base = Feed.place(piece, length, at);
      int consumed = decoder.decode(Feed.places(), base, length);
      if (consumed < 0) {
        return data + "|" + consumed;
      }
      data.append(Feed.text(Feed.places(), decoder.dataOffset(), decoder.dataLength()));
      at += consumed;
    }
    String trailers = Feed.fields(decoder.trailers(), decoder.trailerBytes(), 0);
    return data + (decoder.done() ? "|done " + at + trailers : "|incomplete");
  }

  private static byte[] mutate(Random random, String seed) {
    StringBuilder text = new StringBuilder(seed);
    for (int change = random.nextInt(4); change > 0; change--) {
      int at = random.nextInt(text.length());
      int end = Math.min(text.length(), at + 1 + random.nextInt(4));
      char hostile = HOSTILE.charAt(random.nextInt(HOSTILE.length()));
      switch (random.nextInt(6)) {
        case 0 -> text.setCharAt(at, hostile);
        case 1 -> text.insert(at, hostile);
        case 2 -> text.delete(at, Math.max(at + 1, end - 1));
        case 3 -> text.insert(at, text.substring(at, end));
        case 4 -> text.setCharAt(at, (char) random.nextInt(256));
        default -> text.insert(at, seed, random.nextInt(seed.length()), seed.length());
      }
      if (text.isEmpty()) {
        text.append(hostile);
      }
    }
    return Feed.octets(text.toString());
  }

  private static String shown(byte[] octets) {
    return new String(octets, java.nio.charset.StandardCharsets.ISO_8859_1);
  }
}
