package net.khttpd.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LogTextTest {
  /// peers D9.
  @Test
  void nothingAClientSendsLeavesItsLineOrItsQuotes() {
    assertEquals("a b~!'", LogText.escape("a b~!'"));
    assertEquals("\\x0d\\x0a127.0.0.1 - -", LogText.escape("\r\n127.0.0.1 - -"));
    assertEquals("\\x22\\x5c\\x1b[31m\\x00\\x7f", LogText.escape("\"\\\u001b[31m\0\u007f"));
    assertEquals("caf\\xc3\\xa9", LogText.escape("café"));
    assertEquals("", LogText.escape(""));
  }

  @Test
  void everyByteIsEitherPrintableOrEscaped() {
    for (int b = 0; b < 256; b++) {
      String text = write(new byte[] {(byte) b}, 4);
      boolean plain = b >= 0x20 && b < 0x7f && b != '"' && b != '\\';
      assertEquals(plain ? "" + (char) b : "\\x%02x".formatted(b), text);
    }
  }

  @Test
  void whatDoesNotFitIsCutBeforeAnEscapeNotWithinIt() {
    byte[] in = "ab\ncd".getBytes(StandardCharsets.US_ASCII);
    String[] expected = {"", "a", "ab", "ab", "ab", "ab", "ab\\x0a", "ab\\x0ac", "ab\\x0acd"};
    for (int room = 0; room < expected.length; room++) {
      assertEquals(expected[room], write(in, room));
    }
    assertEquals("ab\\x0acd", write(in, 100));
  }

  private static String write(byte[] in, int room) {
    byte[] out = new byte[room + 2];
    int n =
        LogText.write(MemorySegment.ofArray(in), 0, in.length, MemorySegment.ofArray(out), 1, room);
    assertEquals(0, out[0]);
    assertEquals(0, out[n + 1]);
    return new String(out, 1, n, StandardCharsets.US_ASCII);
  }
}
