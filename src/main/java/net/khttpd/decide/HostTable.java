package net.khttpd.decide;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import net.khttpd.http.RequestHead;
import org.jspecify.annotations.Nullable;

/// Finds the place of a request's host in a list of virtual hosts: its name itself, else the
/// longest `*.name` that it lies below. Case, port and a final dot do not count (RFC 9110 §4.2.3,
/// RFC 3986 §3.2.2). Immutable; shared by all loops.
///
/// The name is hashed once, from its end, so that whatever follows each of its dots has been hashed
/// on the way: a host of `n` labels costs `n` looks into the table and no allocation.
final class HostTable {
  static final int NONE = -1;

  private final byte[] @Nullable [] names;
  private final int[] places;
  private final int mask;
  private final List<String> literals = new ArrayList<>();
  private final List<Integer> literalPlaces = new ArrayList<>();

  /// @param hosts in lower case, as [net.khttpd.settings.HostSettings] reads them, empty for one
  ///   without a name; the place of each is its index
  HostTable(List<String> hosts) {
    int slots = Integer.highestOneBit(Math.max(1, hosts.size())) * 8; // at most a quarter is used
    names = new byte[slots][];
    places = new int[slots];
    mask = slots - 1;
    for (int i = 0; i < hosts.size(); i++) {
      String host = hosts.get(i);
      if (host.indexOf(':') >= 0) {
        literals.add(host);
        literalPlaces.add(i);
      } else if (!host.isEmpty()) {
        put(host.startsWith("*.") ? host.substring(1) : host, i);
      }
    }
  }

  private void put(String name, int place) {
    byte[] bytes = name.getBytes(ISO_8859_1);
    int hash = 0;
    for (int i = bytes.length - 1; i >= 0; i--) {
      hash = mix(hash, bytes[i]);
    }
    int slot = slot(hash);
    while (names[slot] != null) {
      slot = (slot + 1) & mask;
    }
    names[slot] = bytes;
    places[slot] = place;
  }

  /// The place of the host that the request is for, or [#NONE].
  int find(RequestHead head) {
    int from = head.authorityStart();
    if (from < 0) {
      return NONE;
    }
    int to = HostMatch.withoutPort(head, from, head.authorityEnd());
    if (head.octet(from) == '[') {
      return literal(head);
    }
    if (to - from > 1 && head.octet(to - 1) == '.') {
      to--;
    }
    int below = NONE;
    int hash = 0;
    for (int i = to - 1; i >= from; i--) {
      int octet = lower(head.octet(i));
      hash = mix(hash, octet);
      if (octet == '.' && i > from) {
        int place = look(hash, head, i, to);
        below = place == NONE ? below : place;
      }
    }
    boolean named = head.octet(from) != '.'; // a name that begins with a dot is that of *.name
    int exact = named ? look(hash, head, from, to) : NONE;
    return exact == NONE ? below : exact;
  }

  private int look(int hash, RequestHead head, int from, int to) {
    for (int slot = slot(hash); ; slot = (slot + 1) & mask) {
      byte[] name = names[slot];
      if (name == null) {
        return NONE;
      }
      if (equal(name, head, from, to)) {
        return places[slot];
      }
    }
  }

  private static boolean equal(byte[] name, RequestHead head, int from, int to) {
    if (name.length != to - from) {
      return false;
    }
    for (int i = 0; i < name.length; i++) {
      if (lower(head.octet(from + i)) != name[i]) {
        return false;
      }
    }
    return true;
  }

  /// Cold: only literals of IPv6 meet it.
  private int literal(RequestHead head) {
    for (int i = 0; i < literals.size(); i++) {
      if (HostMatch.matches(literals.get(i), head)) {
        return literalPlaces.get(i);
      }
    }
    return NONE;
  }

  private int slot(int hash) {
    return (hash ^ hash >>> 15) & mask;
  }

  private static int mix(int hash, int octet) {
    return hash * 31 + octet;
  }

  private static int lower(int octet) {
    return octet >= 'A' && octet <= 'Z' ? octet + 32 : octet;
  }
}
