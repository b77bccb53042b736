package net.khttpd.passon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import java.util.List;
import net.khttpd.http.RequestHead;
import net.khttpd.http.RequestParser;
import net.khttpd.kernel.Memory;
import net.khttpd.settings.BalanceKind;
import org.jspecify.annotations.Nullable;

/// Tells to which backend a GET would go, in words; it takes nobody's turn. Cold; any thread.
public final class NextBackend {
  private NextBackend() {}

  /// @param place of the site among all
  /// @param target as in a request line
  public static String inWords(
      BackendSets sets, int place, String target, RequestParser parser, long nowNanos) {
    byte[] octets = ("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(ISO_8859_1);
    MemorySegment bytes = Memory.allocate(octets.length);
    try {
      bytes.copyFrom(MemorySegment.ofArray(octets));
      boolean parsed = parser.parse(bytes, 0, octets.length) > 0;
      return parsed ? inWords(sets, place, parser.head(), nowNanos) : "none";
    } finally {
      Memory.free(bytes);
    }
  }

  private static String inWords(BackendSets sets, int place, RequestHead head, long nowNanos) {
    BackendSet routed = routed(sets, head);
    BackendSet set = routed == null ? sets.of(place) : routed;
    String by = routed == null ? "" : ", by route";
    if (set.list().isEmpty()) {
      return "none is set";
    }
    if (set.kind() == BalanceKind.HASH_CLIENT && set.list().size() > 1) {
      return "one of " + set.list().size() + " by the client's address" + by;
    }
    long key = set.kind() == BalanceKind.HASH_PATH ? HashKey.ofPath(head) : 0;
    int best = set.best(set.peek(), key, 0, false, nowNanos);
    if (best >= 0) {
      return inWords(set, best, by);
    }
    best = set.best(set.peek(), key, 0, true, nowNanos);
    return best >= 0
        ? inWords(set, best, by + ", though it failed of late, as did all")
        : "none of " + set.list().size() + ": all are down or draining" + by;
  }

  private static @Nullable BackendSet routed(BackendSets sets, RequestHead head) {
    if (sets.routes().isEmpty()) {
      return null;
    }
    var path = new RoutePath(head.length());
    try {
      return sets.routes().find(RoutePath.host(head), path.path(head));
    } finally {
      path.free();
    }
  }

  private static String inWords(BackendSet set, int index, String more) {
    List<Backend> list = set.list();
    Backend backend = list.get(index);
    return "%s next of %d, connections %d%s"
        .formatted(backend.text(), list.size(), backend.open(), more);
  }
}
