package net.khttpd.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// Feeds octets to the parsers in every way in which they can arrive, and writes down what came
/// out, so that the ways can be compared.
final class Feed {
  private static final int SLACK = 64;

  /// Two places of equal size, used in turn: the head moves between calls.
  private static final MemorySegment PLACES = Arena.global().allocate(2 * (1 << 17));

  private Feed() {}

  static byte[] octets(String latin1) {
    return latin1.getBytes(StandardCharsets.ISO_8859_1);
  }

  /// Lays the first `length` octets somewhere else on each call, with a hostile octet behind them.
  static long place(byte[] octets, int length, int turn) {
    long base = (turn & 1) * (long) (1 << 17) + (turn * 7L) % SLACK;
    MemorySegment.copy(octets, 0, PLACES, Octets.OCTET, base, length);
    PLACES.set(Octets.OCTET, base + length, (byte) 0);
    return base;
  }

  static int request(RequestParser parser, byte[] octets, int length, int turn) {
    return parser.parse(PLACES, place(octets, length, turn), length);
  }

  static int response(ResponseParser parser, byte[] octets, int length, int turn) {
    return parser.parse(PLACES, place(octets, length, turn), length);
  }

  static MemorySegment places() {
    return PLACES;
  }

  /// Parses in one piece, in every two pieces and octet by octet; asserts that nothing differs.
  static int requestEveryWay(RequestParser parser, byte[] octets) {
    parser.reset();
    int verdict = request(parser, octets, octets.length, 0);
    String whole = describe(parser.head(), verdict);
    for (int split = 0; split < octets.length; split++) {
      parser.reset();
      int first = request(parser, octets, split, 0);
      int second = first == 0 ? request(parser, octets, octets.length, 1) : first;
      assertEquals(whole, describe(parser.head(), second), "split at " + split);
    }
    parser.reset();
    int last = 0;
    for (int length = 1; length <= octets.length && last == 0; length++) {
      last = request(parser, octets, length, length);
    }
    assertEquals(whole, describe(parser.head(), last), "octet by octet");
    return verdict;
  }

  static int responseEveryWay(ResponseParser parser, byte[] octets) {
    parser.reset();
    int verdict = response(parser, octets, octets.length, 0);
    String whole = describe(parser.head(), verdict);
    for (int split = 0; split < octets.length; split++) {
      parser.reset();
      int first = response(parser, octets, split, 0);
      int second = first == 0 ? response(parser, octets, octets.length, 1) : first;
      assertEquals(whole, describe(parser.head(), second), "split at " + split);
    }
    parser.reset();
    int last = 0;
    for (int length = 1; length <= octets.length && last == 0; length++) {
      last = response(parser, octets, length, length);
    }
    assertEquals(whole, describe(parser.head(), last), "octet by octet");
    return verdict;
  }

  /// The octets between two offsets of the head, as Latin-1.
  static String text(RequestHead head, int start, int end) {
    return start < 0 ? "none" : text(head.bytes(), head.base() + start, end - start);
  }

  static String text(MemorySegment bytes, long offset, int length) {
    byte[] copy = new byte[length];
    MemorySegment.copy(bytes, Octets.OCTET, offset, copy, 0, length);
    return new String(copy, StandardCharsets.ISO_8859_1);
  }

  static String describe(RequestHead head, int verdict) {
    if (verdict <= 0) {
      return "verdict " + verdict;
    }
    return String.join(
        "|",
        "length " + head.length(),
        head.method() + " " + text(head, head.methodStart(), head.methodEnd()),
        head.targetForm() + " " + text(head, head.targetStart(), head.targetEnd()),
        "path " + text(head, head.pathStart(), head.pathEnd()) + " plain " + head.plainPath(),
        "query " + text(head, head.queryStart(), head.queryEnd()),
        "authority " + text(head, head.authorityStart(), head.authorityEnd()),
        "minor " + head.minorVersion() + " keep " + head.keepAlive(),
        "body " + head.bodyFraming() + " " + head.contentLength(),
        "expect " + head.expectContinue(),
        fields(head.fields(), head.bytes(), head.base()));
  }

  static String describe(ResponseHead head, int verdict) {
    if (verdict <= 0) {
      return "verdict " + verdict;
    }
    int reason = head.reasonEnd() - head.reasonStart();
    return String.join(
        "|",
        "length " + head.length(),
        head.status() + " " + text(head.bytes(), head.base() + head.reasonStart(), reason),
        "minor " + head.minorVersion() + " keep " + head.keepAlive(),
        "body " + head.bodyFraming(Method.GET) + " " + head.contentLength(),
        fields(head.fields(), head.bytes(), head.base()));
  }

  /// One `name: value` line per field.
  static String fields(FieldSection fields, MemorySegment bytes, long base) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < fields.count(); i++) {
      lines
          .append(text(bytes, base + fields.nameStart(i), fields.nameEnd(i) - fields.nameStart(i)))
          .append(": ")
          .append(
              text(bytes, base + fields.valueStart(i), fields.valueEnd(i) - fields.valueStart(i)))
          .append("\r\n");
    }
    return lines.toString();
  }
}
