package net.khttpd.passon;

import net.khttpd.client.Client;
import net.khttpd.http.FieldName;
import net.khttpd.http.FieldSection;
import net.khttpd.http.RequestHead;

/// Hashes by which requests find their backend: without a seed, so that every server and every
/// start comes to the same choice. Stateless; free of allocation.
final class HashKey {
  private HashKey() {}

  /// Of any octets.
  static long of(byte[] octets) {
    long hash = 0;
    for (byte octet : octets) {
      hash = step(hash, octet);
    }
    return mix(hash);
  }

  /// Of a request's path as it was sent, without its query.
  static long ofPath(RequestHead head) {
    return of(head, head.pathStart(), head.pathEnd());
  }

  /// Of the client's address; if that is trusted, of the last address in X-Forwarded-For, which it
  /// has seen.
  static long ofClient(Client client, RequestHead head, boolean trusted) {
    FieldSection fields = head.fields();
    int last = -1;
    for (int i = trusted ? 0 : fields.count(); i < fields.count(); i++) {
      last = fields.name(i) == FieldName.X_FORWARDED_FOR ? i : last;
    }
    if (last < 0 || fields.valueEnd(last) == fields.valueStart(last)) {
      return mix(mix(client.addressHigh()) ^ client.addressLow());
    }
    int from = fields.valueEnd(last);
    while (from > fields.valueStart(last)
        && head.octet(from - 1) != ','
        && head.octet(from - 1) != ' ') {
      from--;
    }
    return of(head, from, fields.valueEnd(last));
  }

  /// Spreads a number over all bits (the end of SplitMix64).
  static long mix(long number) {
    long mixed = number + 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    return mixed ^ mixed >>> 31;
  }

  private static long of(RequestHead head, int from, int to) {
    long hash = 0;
    for (int i = from; i < to; i++) {
      hash = step(hash, head.octet(i));
    }
    return mix(hash);
  }

  /// FNV-1a.
  private static long step(long hash, int octet) {
    return ((hash == 0 ? 0xCBF29CE484222325L : hash) ^ (octet & 0xFF)) * 0x100000001B3L;
  }
}
