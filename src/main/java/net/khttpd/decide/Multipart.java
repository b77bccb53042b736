package net.khttpd.decide;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import net.khttpd.client.BodyPart;
import net.khttpd.files.Entry;
import net.khttpd.http.ByteRanges;
import net.khttpd.send.HeadTemplate;

/// Makes a 206 with several ranges of a file: multipart/byteranges (RFC 9110 §14.6, RFC 2046 §5.1).
/// Cold; used by one loop.
///
/// The boundary is of 128 random bits, new for each answer: nobody can put it into a file that is
/// still to be asked for, nor does one have it by chance.
final class Multipart {
  private static final int BOUNDARY_BYTES = 16;

  private final SecureRandom random = new SecureRandom();

  Decision.ServeParts of(Decision.Serve serve, ByteRanges ranges) {
    byte[] bits = new byte[BOUNDARY_BYTES];
    random.nextBytes(bits);
    String boundary = "khttpd-" + HexFormat.of().formatHex(bits);
    List<BodyPart> parts = parts(serve, ranges, boundary);
    long length = 0;
    for (BodyPart part : parts) {
      length += part.length();
    }
    String fields =
        "Content-Type: multipart/byteranges; boundary=%s\r\n%sContent-Length: %d\r\n"
            .formatted(boundary, serve.fields().withoutContent(), length);
    var head = new HeadTemplate("HTTP/1.1 206 Partial Content", fields);
    return new Decision.ServeParts(head, parts, length);
  }

  private static List<BodyPart> parts(Decision.Serve serve, ByteRanges ranges, String boundary) {
    Entry entry = serve.entry();
    var parts = new ArrayList<BodyPart>(2 * ranges.count() + 1);
    String lineEnd = "";
    for (int i = 0; i < ranges.count(); i++) {
      long first = ranges.first(i);
      long length = ranges.length(i);
      parts.add(
          text(
              "%s--%s\r\n%sContent-Range: bytes %d-%d/%d\r\n\r\n"
                  .formatted(
                      lineEnd,
                      boundary,
                      serve.fields().content(),
                      first,
                      first + length - 1,
                      entry.facts().size())));
      parts.add(new BodyPart.Slice(entry, first, length));
      lineEnd = "\r\n"; // belongs to the boundary behind a part
    }
    parts.add(text("\r\n--" + boundary + "--\r\n"));
    return parts;
  }

  private static BodyPart text(String latin1) {
    return new BodyPart.Text(latin1.getBytes(ISO_8859_1));
  }
}
