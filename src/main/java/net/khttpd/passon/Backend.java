package net.khttpd.passon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.khttpd.kernel.SocketAddress;

/// One backend, shared by all loops: where it listens, how many connections there are to it, and
/// whether it failed of late. Lives, its addresses included, as long as an exchange or a connection
/// refers to it, even if the settings name it no more. Thread-safe.
final class Backend {
  /// How long a backend rests after a failed connect, unless all of them rest.
  private static final long REST_NANOS = 2_000_000_000L;

  private final String text;
  private final byte[] name;
  private final byte[] authority;
  private final List<SocketAddress> addresses;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger idle = new AtomicInteger();
  private final AtomicInteger wanted = new AtomicInteger();
  private volatile int preferred;
  private volatile boolean failed;
  private volatile long failedAtNanos;

  /// @param text as its setting names it
  /// @param authority Host for a request that has none
  /// @param addresses at least one, in the order of preference
  Backend(String text, byte[] authority, List<SocketAddress> addresses) {
    this.text = text;
    name = text.getBytes(ISO_8859_1);
    this.authority = authority;
    this.addresses = addresses;
  }

  String text() {
    return text;
  }

  /// The same in octets, for the log.
  byte[] name() {
    return name;
  }

  byte[] authority() {
    return authority;
  }

  int addresses() {
    return addresses.size();
  }

  /// The address to try as the `attempt`-th, counted from 0: the one that worked last comes first.
  SocketAddress address(int attempt) {
    return addresses.get((preferred + attempt) % addresses.size());
  }

  List<SocketAddress> allAddresses() {
    return addresses;
  }

  /// Counts a connection if there are fewer than `most`.
  boolean tryOpen(int most) {
    int now = open.get();
    while (now < most) {
      int found = open.compareAndExchange(now, now + 1);
      if (found == now) {
        return true;
      }
      now = found;
    }
    return false;
  }

  /// A connection counted by [#tryOpen] is gone.
  void closed() {
    if (open.decrementAndGet() < 0) {
      throw new AssertionError("more connections closed than opened to " + text);
    }
  }

  int open() {
    return open.get();
  }

  /// Connections have come into a pool, or gone from one.
  void idle(int more) {
    idle.addAndGet(more);
  }

  /// So many more requests of all loops wait for a connection to it, or to another of their choice.
  void wanted(int more) {
    wanted.addAndGet(more);
  }

  int wanted() {
    return wanted.get();
  }

  BackendState state() {
    return new BackendState(text, !failed, open.get(), idle.get());
  }

  /// The `attempt`-th address has taken a connection.
  void connected(int attempt) {
    if (attempt != 0) {
      preferred = (preferred + attempt) % addresses.size();
    }
    if (failed) {
      failed = false;
    }
  }

  /// No address takes connections.
  void failed(long nowNanos) {
    failedAtNanos = nowNanos;
    failed = true;
  }

  boolean resting(long nowNanos) {
    return failed && nowNanos - failedAtNanos < REST_NANOS;
  }
}
