package net.khttpd.frontdoor.harness;

import java.nio.charset.StandardCharsets;

/// Text of tests to the bytes on the wire and back, one char a byte (ISO 8859-1).
public final class Wire {
  private Wire() {}

  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  public static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /// Printable form for messages: controls and high bytes as `\xHH`, at most 400 characters.
  public static String shown(byte[] bytes) {
    var out = new StringBuilder();
    for (byte b : bytes) {
      if (out.length() > 400) {
        return out.append("… (").append(bytes.length).append(" bytes)").toString();
      }
      switch (b) {
        case '\r' -> out.append("\\r");
        case '\n' -> out.append("\\n");
        default -> out.append(b >= 0x20 && b < 0x7f ? (char) b : String.format("\\x%02x", b));
      }
    }
    return out.toString();
  }

  /// A request without a body: the request line's method and target, Host, and further field lines.
  public static String request(String method, String target, String... fields) {
    var out = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: front.test\r\n");
    for (String field : fields) {
      out.append(field).append("\r\n");
    }
    return out.append("\r\n").toString();
  }

  public static String get(String target, String... fields) {
    return request("GET", target, fields);
  }
}
