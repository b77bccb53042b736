package net.khttpd.http;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The protocols that Upgrade fields name (RFC 9110 §7.8): `name["/"version]`, a list. Stateless;
/// elements that are no protocols are ignored.
///
/// Other versions of HTTP are never asked for: what a backend and a client say to each other in
/// HTTP/2 would pass us unread, requests and all.
public final class UpgradeField {
  private static final byte[][] HTTP = {ascii("h2c"), ascii("h2"), ascii("h3"), ascii("http")};

  private UpgradeField() {}

  /// The protocols that a request asks for and that may be asked of the next server, as one list;
  /// null if there are none, the Connection field does not name Upgrade, or the client speaks
  /// HTTP/1.0.
  public static byte @Nullable [] asked(RequestHead head) {
    FieldSection fields = head.fields();
    int first = fields.first(FieldName.UPGRADE);
    if (first < 0 || head.minorVersion() == 0 || !head.connectionNames(first)) {
      return null;
    }
    var list = new ByteArrayOutputStream();
    for (int i = first; i < fields.count(); i++) {
      if (fields.name(i) == FieldName.UPGRADE) {
        long base = head.base();
        gather(head.bytes(), base + fields.valueStart(i), base + fields.valueEnd(i), list);
      }
    }
    return list.size() == 0 ? null : list.toByteArray();
  }

  private static void gather(
      MemorySegment bytes, long from, long to, ByteArrayOutputStream protocols) {
    for (long i = from; i < to; ) {
      long end = TokenList.end(bytes, i, to);
      long start = TokenList.trimStart(bytes, i, end);
      long last = TokenList.trimEnd(bytes, start, end);
      if (mayBeAsked(bytes, start, last)) {
        if (protocols.size() > 0) {
          protocols.writeBytes(ascii(", "));
        }
        protocols.writeBytes(bytes.asSlice(start, last - start).toArray(ValueLayout.JAVA_BYTE));
      }
      i = end + 1;
    }
  }

  private static boolean mayBeAsked(MemorySegment bytes, long start, long end) {
    long name = nameEnd(bytes, start, end);
    boolean sound =
        TokenList.isToken(bytes, start, name)
            && (name == end || TokenList.isToken(bytes, name + 1, end));
    for (byte[] http : HTTP) {
      sound &= !Octets.equalsToken(bytes, start, (int) (name - start), http);
    }
    return sound;
  }

  /// Whether a 101 (Switching Protocols) switches to protocols that were asked for, at least one.
  ///
  /// @param asked as [#asked] gave it
  public static boolean grants(ResponseHead head, byte[] asked) {
    FieldSection fields = head.fields();
    MemorySegment list = MemorySegment.ofArray(asked);
    int granted = 0;
    for (int i = Math.max(0, fields.first(FieldName.UPGRADE)); i < fields.count(); i++) {
      if (fields.name(i) != FieldName.UPGRADE) {
        continue;
      }
      long to = head.base() + fields.valueEnd(i);
      for (long at = head.base() + fields.valueStart(i); at < to; ) {
        long end = TokenList.end(head.bytes(), at, to);
        long start = TokenList.trimStart(head.bytes(), at, end);
        long last = nameEnd(head.bytes(), start, TokenList.trimEnd(head.bytes(), start, end));
        if (!names(list, head.bytes(), start, (int) (last - start))) {
          return false;
        }
        granted++;
        at = end + 1;
      }
    }
    return granted > 0;
  }

  /// Whether the list holds this name of a protocol, in whatever version.
  private static boolean names(MemorySegment list, MemorySegment bytes, long name, int length) {
    long to = list.byteSize();
    for (long i = 0; i < to; ) {
      long end = TokenList.end(list, i, to);
      long start = TokenList.trimStart(list, i, end);
      boolean same = nameEnd(list, start, end) - start == length;
      for (int k = 0; same && k < length; k++) {
        same = Octets.lower(Octets.at(list, start + k)) == Octets.lower(Octets.at(bytes, name + k));
      }
      if (same) {
        return true;
      }
      i = end + 1;
    }
    return false;
  }

  /// Where the version begins, or the end.
  private static long nameEnd(MemorySegment bytes, long start, long end) {
    long i = start;
    while (i < end && bytes.get(Octets.OCTET, i) != '/') {
      i++;
    }
    return i;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
