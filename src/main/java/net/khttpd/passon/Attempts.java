package net.khttpd.passon;

import java.util.List;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.client.Exchange;
import net.khttpd.http.Method;
import net.khttpd.kernel.Sockets;
import net.khttpd.settings.Balancing.Ejection;
import org.jspecify.annotations.Nullable;

/// Which backends one request has tried, and whether it may be tried once more. Belongs to one
/// [Relay].
///
/// Connecting is repeated freely, each backend at most once: nothing of the request was sent. A
/// request that was sent is sent again, over a new connection, if its connection ended without a
/// byte of the response and its method is idempotent, or the backend cannot have read any of it
/// (RFC 9110 §9.2.2, RFC 9112 §9.3.1): to the same backend if the connection was a pooled one,
/// which may just have been given up, else to another.
final class Attempts {
  private final Counters counters;
  private final boolean alwaysNew;
  private final int retries;
  private final Ejection ejection;
  private BackendSet set = BackendSets.NOBODY;
  private int first;
  private long key;
  private int last;
  private long tried;
  private int repeats;
  private boolean idempotent;
  private boolean trial;
  private boolean judged;
  private int failure;

  Attempts(Counters counters, Limits limits) {
    this.counters = counters;
    alwaysNew = limits.connectionEach();
    retries = limits.retries();
    ejection = limits.ejection();
  }

  /// @param hash by which the request finds its backend, if it is chosen by one
  void begin(BackendSet of, Method method, long hash) {
    set = of;
    first = of.next();
    key = hash;
    last = BackendSet.NONE;
    tried = 0;
    repeats = 0;
    trial = false;
    judged = false;
    idempotent = isIdempotent(method);
    failure = 503;
  }

  /// The backends that may be tried.
  List<Backend> list() {
    return set.list();
  }

  /// Host for a request that has none: that of the backend whose turn it is; there is one.
  byte[] authority() {
    return set.list().get(first).authority();
  }

  /// The backend that was asked last; null if none was.
  @Nullable Backend asked() {
    return last < 0 ? null : backend(last);
  }

  /// The same, as its setting names it; empty if none was.
  byte[] name() {
    return last < 0 ? Exchange.NO_BACKEND : backend(last).name();
  }

  Backend backend(int index) {
    return set.list().get(index);
  }

  /// Whom to try next, as [BackendSet#best].
  ///
  /// @param passed bits of those that have no room
  int best(long passed, boolean lastResort, long nowNanos) {
    return set.best(first, key, tried | passed, lastResort, nowNanos);
  }

  /// Whether some backend is left that may be asked.
  boolean hasAnother(long nowNanos) {
    return best(0, false, nowNanos) >= 0 || best(0, true, nowNanos) >= 0;
  }

  /// @param onTrial it is the one request that tries a backend which was out
  void trying(int index, boolean onTrial) {
    if (tried != 0 || repeats > 0) {
      counters.increment(Counter.RETRIES);
    }
    tried |= BackendSet.bit(index);
    last = index;
    trial = onTrial;
    judged = false;
  }

  /// Whether the request may be sent once more, if all of it is still here.
  ///
  /// @param unread the backend cannot have read any of it
  boolean mayRepeat(boolean unread) {
    return (idempotent || unread) && repeats < retries;
  }

  boolean idempotent() {
    return idempotent;
  }

  /// The request's connection ended without a byte of a response: a habit of the backend, if the
  /// connection was idle before, else a failure. Whether the request is to be sent once more, over
  /// another.
  ///
  /// @param whole all of the request is still here
  /// @param orderly the end of the stream was read, no error
  boolean again(
      BackendConnection lost, boolean whole, boolean orderly, Sockets sockets, long nowNanos) {
    boolean stale = lost.reused;
    if (stale) {
      judged = true;
      lost.backend().habit().ended(lost.idledNanos, nowNanos);
    } else {
      failed(nowNanos, "it ended a connection without an answer");
    }
    boolean unread = orderly && !idempotent && lost.unread(sockets);
    if (!whole || !mayRepeat(unread) || !(stale || hasAnother(nowNanos))) {
      return false;
    }
    repeats++;
    if (stale) {
      tried &= ~BackendSet.bit(last);
    }
    return true;
  }

  /// Whether only a new connection will do.
  boolean wantsNew() {
    return repeats > 0 || alwaysNew;
  }

  // What became of the backend asked last

  /// It answers.
  void answered() {
    if (!judged && last >= 0) {
      judged = true;
      trial = false;
      backend(last).health().answered();
    }
  }

  /// It failed.
  void failed(long nowNanos, String reason) {
    if (!judged && last >= 0) {
      judged = true;
      backend(last).health().failed(ejection, nowNanos, reason, trial);
      trial = false;
    }
  }

  /// It is left; if nothing is known of a trial, another request makes it.
  void left() {
    if (trial) {
      trial = false;
      backend(last).health().trialAbandoned();
    }
  }

  /// The status to answer when nobody is left.
  void failedWith(int status) {
    failure = status;
  }

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
