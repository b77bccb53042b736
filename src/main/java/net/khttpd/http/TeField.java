package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// What a request's TE fields say (RFC 9110 §10.1.4) that concerns us: whether trailers are
/// welcome. Transfer codings are never passed on, so they do not matter. Stateless.
public final class TeField {
  private static final byte[] TRAILERS = "trailers".getBytes(StandardCharsets.US_ASCII);

  private TeField() {}

  /// Whether the list holds `trailers`, among whatever else.
  public static boolean welcomesTrailers(RequestHead head) {
    FieldSection fields = head.fields();
    for (int i = Math.max(0, fields.first(FieldName.TE)); i < fields.count(); i++) {
      if (fields.name(i) == FieldName.TE
          && welcomes(
              head.bytes(), head.base() + fields.valueStart(i), head.base() + fields.valueEnd(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean welcomes(MemorySegment bytes, long from, long to) {
    for (long i = from; i < to; ) {
      long end = TokenList.end(bytes, i, to);
      long start = TokenList.trimStart(bytes, i, end);
      int length = (int) (TokenList.trimEnd(bytes, start, end) - start);
      if (Octets.equalsToken(bytes, start, length, TRAILERS)) {
        return true;
      }
      i = end + 1;
    }
    return false;
  }
}
