package net.khttpd.refuse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
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
      if (alphanumeric || UNRESERVED.indexOf(octet) >= 0) {
        location.append((char) octet);
      } else {
        location.append("%%%02X".formatted(octet));
      }
    }
    location.append('/');
    if (head.queryStart() >= 0) {
      byte[] query = new byte[head.queryEnd() - head.queryStart()];
      MemorySegment.copy(
          head.bytes(),
          ValueLayout.JAVA_BYTE,
          head.base() + head.queryStart(),
          query,
          0,
          query.length);
      location.append('?').append(new String(query, ISO_8859_1));
    }
    return new ErrorAnswer(
        new HeadTemplate(
            "HTTP/1.1 301 Moved Permanently",
            "Location: " + location + "\r\nContent-Length: 0\r\n"),
        NO_BODY);
  }
}
