package net.khttpd.log;

/// Makes text safe for a log: control characters, quotes, backslashes and bytes from 0x80 on are
/// written as `\xHH`, so that nothing a client sends can end a line, close a quote or reach a
/// terminal.
final class Escape {
  private static final String HEX = "0123456789abcdef";

  private Escape() {}

  /// Whether the byte is written as it is inside quotes.
  static boolean isPlain(int value) {
    return value >= 0x20 && value < 0x7f && value != '"' && value != '\\';
  }

  static byte highDigit(int value) {
    return (byte) HEX.charAt((value >> 4) & 15);
  }

  static byte lowDigit(int value) {
    return (byte) HEX.charAt(value & 15);
  }

  /// A sentence for the event log: controls and characters beyond ASCII escaped byte by byte of
  /// their UTF-8; quotes stay, since a sentence is not quoted.
  static String sentence(String text, int longest) {
    var escaped = new StringBuilder(text.length());
    for (byte each : text.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
      if (escaped.length() >= longest) {
        return escaped.append("...").toString();
      }
      if (isPlain(each) || each == '"') {
        escaped.append((char) each);
      } else {
        escaped.append("\\x").append((char) highDigit(each)).append((char) lowDigit(each));
      }
    }
    return escaped.toString();
  }
}
