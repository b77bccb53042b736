package net.khttpd.http;

import java.nio.charset.StandardCharsets;

/// Writes octets of a path as text of a URL (RFC 3986 §2.1): all that is not unreserved is encoded,
/// save the slash. Cold.
public final class PathText {
  private static final String UNRESERVED = "-._~/";

  private PathText() {}

  /// How long the text of so many octets can be.
  public static int longest(int octets) {
    return 3 * octets;
  }

  public static String encode(byte[] octets) {
    var text = new StringBuilder(octets.length + 16);
    for (byte octet : octets) {
      char c = (char) (octet & 0xff);
      boolean alphanumeric = c < 0x80 && Character.isLetterOrDigit(c);
      if (alphanumeric || UNRESERVED.indexOf(c) >= 0) {
        text.append(c);
      } else {
        text.append('%').append(hex(c >> 4)).append(hex(c & 15));
      }
    }
    return text.toString();
  }

  /// What the octets say, as far as they are UTF-8.
  public static String decodeUtf8(byte[] octets) {
    return new String(octets, StandardCharsets.UTF_8);
  }

  private static char hex(int digit) {
    return "0123456789ABCDEF".charAt(digit);
  }
}
