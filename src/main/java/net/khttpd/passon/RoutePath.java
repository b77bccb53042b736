package net.khttpd.passon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import net.khttpd.http.RequestHead;
import net.khttpd.http.RequestPath;
import net.khttpd.kernel.Memory;

/// What [Routes] asks of a request: its host, and its path as an application would see it, decoded
/// and without dot segments, so that no spelling of a path leads past its route. One for each loop,
/// made when there are routes; its thread only.
final class RoutePath {
  private final MemorySegment space;
  private final RequestPath path;

  /// @param most length of a target, in bytes
  RoutePath(int most) {
    space = Memory.allocate(RequestPath.spaceFor(most));
    path = new RequestPath(space, most, 0);
  }

  static String host(RequestHead head) {
    int from = head.authorityStart();
    return from < 0 ? "" : text(head.bytes(), head.base() + from, head.authorityEnd() - from);
  }

  /// In octets, each of which is one character; empty if it is no path.
  String path(RequestHead head) {
    int length = head.pathEnd() - head.pathStart();
    int flags = path.decode(head.bytes(), head.base() + head.pathStart(), length);
    int none = RequestPath.BAD_ESCAPE | RequestPath.NOT_ABSOLUTE | RequestPath.TOO_LONG;
    return (flags & none) != 0 ? "" : text(path.bytes(), 0, path.length());
  }

  void free() {
    Memory.free(space);
  }

  private static String text(MemorySegment bytes, long from, int length) {
    byte[] octets = new byte[length];
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, from, octets, 0, length);
    return new String(octets, ISO_8859_1);
  }
}
