package net.khttpd.refuse;

import java.lang.foreign.ValueLayout;
import net.khttpd.http.RequestHead;
import net.khttpd.http.RequestPath;
import net.khttpd.send.HeadTemplate;

/// 301 for a directory named without its final slash: path-absolute with one slash, made anew from
/// the canonical path, so that no request can point it elsewhere (peers F6, F15). Cold.
public final class SlashRedirect {
  private static final String UNRESERVED = "-._~!$&'()*+,;=:@/";
  private static final byte[] NO_BODY = {};

  private SlashRedirect() {}

  public static ErrorAnswer of(RequestPath path, RequestHead head) {
    var location = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      int octet = path.bytes().get(ValueLayout.JAVA_BYTE, i) & 0xFF;
      boolean alphanumeric = octet < 0x80 && Character.isLetterOrDigit(octet);
      append(octet, alphanumeric || UNRESERVED.indexOf(octet) >= 0, location);
    }
    location.append('/');
    if (head.queryStart() >= 0) {
      location.append('?');
      for (int i = head.queryStart(); i < head.queryEnd(); i++) {
        append(head.octet(i), head.octet(i) < 0x80, location);
      }
    }
    return new ErrorAnswer(
        new HeadTemplate(
            "HTTP/1.1 301 Moved Permanently",
            "Location: " + location + "\r\nContent-Length: 0\r\n"),
        NO_BODY);
  }

  private static void append(int octet, boolean raw, StringBuilder out) {
    if (raw) {
      out.append((char) octet);
    } else {
      out.append("%%%02X".formatted(octet));
    }
  }
}
