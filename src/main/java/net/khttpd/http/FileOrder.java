package net.khttpd.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The head of a backend's answer that names a file to be sent instead of its body: what it says,
/// out of the bytes it came in. Immutable.
///
/// Fields are kept in their order and spelling, without those of the connection, of a body that
/// nobody gets, and those that the sender of the file writes itself (Date, Server, Accept-Ranges).
///
/// @param name as it was sent
/// @param uri whether it came in `X-Accel-Redirect`
/// @param contentType the value; null if there is none
/// @param coding a whole line: Content-Encoding; empty for none
/// @param lastModified the value; null if there is none
/// @param etag the value; null if there is none
/// @param general whole lines that answers without content have, too
/// @param content whole lines that speak of the content
public record FileOrder(
    int status,
    String name,
    boolean uri,
    @Nullable String contentType,
    String coding,
    @Nullable String lastModified,
    @Nullable String etag,
    String general,
    String content) {

  /// Which field of this final head orders a file; -1: none, or it has a status that goes without
  /// content.
  ///
  /// @param sendfile whether `X-Sendfile` does
  /// @param accel whether `X-Accel-Redirect` does
  public static int field(ResponseHead head, boolean sendfile, boolean accel) {
    int status = head.status();
    if (status < 200 || status == 204 || status == 205 || status == 304) {
      return -1;
    }
    FieldSection fields = head.fields();
    int first = sendfile ? fields.first(FieldName.X_SENDFILE) : -1;
    return first < 0 && accel ? fields.first(FieldName.X_ACCEL_REDIRECT) : first;
  }

  /// What the head orders by this field.
  public static FileOrder of(ResponseHead head, int field) {
    FieldSection fields = head.fields();
    var general = new StringBuilder();
    var content = new StringBuilder();
    for (int i = 0; i < fields.count(); i++) {
      if (!isKept(head, fields, i)) {
        continue;
      }
      String name = text(head, fields.nameStart(i), fields.nameEnd(i));
      boolean aboutContent = name.toLowerCase(Locale.ROOT).startsWith("content-");
      (aboutContent ? content : general)
          .append(name)
          .append(": ")
          .append(text(head, fields.valueStart(i), fields.valueEnd(i)))
          .append("\r\n");
    }
    String coding = value(head, FieldName.CONTENT_ENCODING);
    return new FileOrder(
        head.status(),
        text(head, fields.valueStart(field), fields.valueEnd(field)),
        fields.name(field) == FieldName.X_ACCEL_REDIRECT,
        value(head, FieldName.CONTENT_TYPE),
        coding == null ? "" : "Content-Encoding: " + coding + "\r\n",
        value(head, FieldName.LAST_MODIFIED),
        value(head, FieldName.ETAG),
        general.toString(),
        content.toString());
  }

  private static boolean isKept(ResponseHead head, FieldSection fields, int i) {
    return switch (fields.name(i)) {
      case CONNECTION,
          KEEP_ALIVE,
          PROXY_CONNECTION,
          TRANSFER_ENCODING,
          UPGRADE,
          TE,
          TRAILER,
          HTTP2_SETTINGS,
          CONTENT_LENGTH,
          CONTENT_RANGE,
          CONTENT_TYPE,
          CONTENT_ENCODING,
          LAST_MODIFIED,
          ETAG,
          DATE,
          SERVER,
          X_SENDFILE,
          X_ACCEL_REDIRECT ->
          false;
      default -> !head.connectionNames(i) && !isOfSender(head, fields, i);
    };
  }

  /// `Accept-Ranges`, and what else is said to the sender of the file rather than to the client.
  private static boolean isOfSender(ResponseHead head, FieldSection fields, int i) {
    if (fields.name(i) != FieldName.OTHER) {
      return false;
    }
    String name = text(head, fields.nameStart(i), fields.nameEnd(i)).toLowerCase(Locale.ROOT);
    return name.equals("accept-ranges")
        || name.startsWith("x-accel-")
        || name.startsWith("x-sendfile");
  }

  private static @Nullable String value(ResponseHead head, FieldName name) {
    int i = head.fields().first(name);
    return i < 0 ? null : text(head, head.fields().valueStart(i), head.fields().valueEnd(i));
  }

  private static String text(ResponseHead head, int from, int to) {
    byte[] bytes = new byte[to - from];
    MemorySegment.copy(
        head.bytes(), ValueLayout.JAVA_BYTE, head.base() + from, bytes, 0, bytes.length);
    return new String(bytes, ISO_8859_1);
  }
}
