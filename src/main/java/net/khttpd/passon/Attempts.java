package net.khttpd.passon;

import java.util.List;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.http.Method;

/// Which backends one request has tried, and whether it may be tried once more. Belongs to one
/// [Relay].
///
/// Connecting is repeated freely, each backend at most once: nothing of the request was sent. A
/// request that was sent is sent again once only, over a new connection, if the pooled one was
/// stale and its method is idempotent (RFC 9112 §9.3.1).
final class Attempts {
  private final Counters counters;
  private final boolean alwaysNew;
  private List<Backend> backends = List.of();
  private int first;
  private int last;
  private long tried;
  private boolean repeated;
  private boolean idempotent;
  private int failure;

  /// @param always whether only a new connection will do, for any request
  Attempts(Counters counters, boolean always) {
    this.counters = counters;
    alwaysNew = always;
  }

  /// @param turn index of the backend to try first
  void begin(List<Backend> list, int turn, Method method) {
    backends = list;
    first = turn;
    last = turn;
    tried = 0;
    repeated = false;
    idempotent = isIdempotent(method);
    failure = 502;
  }

  /// The backends that may be tried.
  List<Backend> list() {
    return backends;
  }

  int count() {
    return backends.size();
  }

  /// Index of the `i`-th to try.
  int index(int i) {
    return (first + i) % backends.size();
  }

  Backend backend(int index) {
    return backends.get(index);
  }

  boolean hasTried(int index) {
    return (tried & 1L << index) != 0;
  }

  /// Beyond 64 backends some share a bit: then not all are tried.
  void trying(int index) {
    if (tried != 0 || repeated) {
      counters.increment(Counter.RETRIES);
    }
    tried |= 1L << index;
    last = index;
  }

  /// Whether the request may be sent a second time, if all of it is still here.
  boolean mayRepeat() {
    return idempotent && !repeated;
  }

  void repeat() {
    repeated = true;
    tried &= ~(1L << last);
  }

  /// Whether only a new connection will do.
  boolean wantsNew() {
    return repeated || alwaysNew;
  }

  void failed(int status) {
    failure = status;
  }

  /// The status to answer when nobody is left.
  int failure() {
    return failure;
  }

  /// RFC 9110 §9.2.2.
  private static boolean isIdempotent(Method method) {
    return switch (method) {
      case GET, HEAD, OPTIONS, PUT, DELETE, TRACE -> true;
      case POST, PATCH, CONNECT, OTHER_KNOWN, UNKNOWN -> false;
    };
  }
}
