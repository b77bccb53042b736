package net.khttpd.passon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.log.EventLog;
import net.khttpd.settings.BackendAddress;

/// One backend, shared by all loops: where it listens, how many connections there are to it, and
/// how it does. Lives, its addresses included, as long as an exchange or a connection refers to it,
/// even if the settings name it no more. Thread-safe.
final class Backend {
  private final BackendAddress setting;
  private final String text;
  private final byte[] name;
  private final byte[] authority;
  private final long hash;
  private final EventLog log;
  private final Health health;
  private final IdleHabit habit = new IdleHabit();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger idle = new AtomicInteger();
  private final AtomicInteger tunnels = new AtomicInteger();
  private final AtomicInteger wanted = new AtomicInteger();
  private volatile List<SocketAddress> addresses;
  private volatile int preferred;

  /// @param setting as it is named there
  /// @param authority Host for a request that has none
  /// @param addresses in the order of preference; none if its name has no address
  Backend(BackendAddress setting, byte[] authority, List<SocketAddress> addresses, EventLog log) {
    this.setting = setting;
    this.text = setting.text();
    name = text.getBytes(ISO_8859_1);
    this.authority = authority;
    this.addresses = addresses;
    this.log = log;
    hash = HashKey.of(name);
    health = new Health(sentence -> event("state", sentence));
  }

  BackendAddress setting() {
    return setting;
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

  /// The same for this backend in every server and at every time.
  long hash() {
    return hash;
  }

  Health health() {
    return health;
  }

  IdleHabit habit() {
    return habit;
  }

  /// Where it listens now: the same list as long as nothing has changed.
  List<SocketAddress> addresses() {
    return addresses;
  }

  /// The place of the address to try first: of the one that worked last.
  ///
  /// @param all of its addresses, not none
  int preferred(List<SocketAddress> all) {
    return preferred % all.size();
  }

  /// It listens there from now on.
  void moved(List<SocketAddress> next) {
    preferred = 0;
    addresses = next;
    health.forgive("back, since its name has other addresses");
  }

  /// Logs what happened to it.
  ///
  /// @param kind by which repetition is recognised
  void event(String kind, String sentence) {
    log.event("backend " + kind + " " + text, "backend " + text + ": " + sentence);
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

  /// Connections that carry a request or a tunnel, or are being made for one.
  int busy() {
    return Math.max(0, open.get() - idle.get()) + tunnels.get();
  }

  /// So many more connections to it are tunnels.
  void tunnels(int more) {
    tunnels.addAndGet(more);
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

  BackendState state(int weight, long nowNanos) {
    Standing standing = health.standing(nowNanos);
    boolean unknown = addresses.isEmpty() && standing == Standing.UP;
    return new BackendState(
        text,
        unknown ? "unresolved" : standing.word(),
        standing == Standing.UP && !unknown,
        open.get(),
        idle.get(),
        weight);
  }

  /// The address at this place among all has taken a connection.
  void connected(List<SocketAddress> all, int place) {
    if (place != preferred && all == addresses) {
      preferred = place;
    }
  }
}
