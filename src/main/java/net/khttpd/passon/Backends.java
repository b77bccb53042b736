package net.khttpd.passon;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.kernel.Sockets;
import net.khttpd.log.EventLog;
import net.khttpd.settings.BackendAddress;
import net.khttpd.settings.ListenAddress;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;

/// The backends of one server, those of all its sites. Thread-safe.
///
/// Names are resolved here, once, off the loops. The loops use the sets that were adopted last,
/// each from the moment on that it is told so; what began with an earlier one ends with it.
public final class Backends {
  private final EventLog log;
  private final byte[] pseudonym;
  private final RandomGenerator random;
  private final AtomicInteger waiting = new AtomicInteger();
  private final CopyOnWriteArrayList<Pool> loops = new CopyOnWriteArrayList<>();
  private volatile BackendSets sets = BackendSets.NONE;

  public Backends(EventLog log) {
    this(log, new SecureRandom());
  }

  /// @param random gives the pseudonym by which this server knows itself in Via (RFC 9110 §7.6.3)
  Backends(EventLog log, RandomGenerator random) {
    this.log = log;
    this.random = random;
    byte[] id = new byte[8];
    random.nextBytes(id);
    pseudonym = ("khttpd-" + HexFormat.of().formatHex(id)).getBytes(US_ASCII);
  }

  /// Resolves the names of `clientport` and `backend`, of each site; may block. Those that the
  /// present sets have already stay as they are.
  ///
  /// @throws OperatorException if a name has no address
  public BackendSets resolve(List<Settings> sites) throws OperatorException {
    var known = new HashMap<String, Backend>();
    sets.all().forEach(backend -> known.put(backend.text(), backend));
    var resolved = new ArrayList<BackendSet>();
    for (Settings site : sites) {
      var list = new ArrayList<Backend>();
      for (BackendAddress address : site.passOnTo()) {
        Backend backend = known.get(address.text());
        if (backend == null) {
          backend = resolve(address);
          known.put(address.text(), backend);
        }
        list.add(backend);
      }
      resolved.add(new BackendSet(list));
    }
    return new BackendSets(resolved);
  }

  /// From now on these are the sets that loops are given.
  public void adopt(BackendSets next) {
    sets = next;
  }

  /// Refuses a backend that is this server, which would pass on to itself for ever.
  ///
  /// @param listensAt address of the server
  /// @param port that the server listens on
  /// @throws OperatorException naming the setting
  public static void refuseOurselves(BackendSets wanted, ListenAddress listensAt, int port)
      throws OperatorException {
    for (Backend backend : wanted.all()) {
      for (SocketAddress to : backend.allAddresses()) {
        if (to.family() != Sockets.AF_UNIX && to.port() == port && listensAt.takes(to.host())) {
          throw new OperatorException(
              "backend: "
                  + backend.text()
                  + " is this server itself (set clientport or backend to another port)");
        }
      }
    }
  }

  /// Which backend the next request of a site that is passed on would go to, in words; it keeps its
  /// turn.
  ///
  /// @param place of the site among all
  public static String nextInWords(BackendSets sets, int place, long nowNanos) {
    List<Backend> list = sets.of(place).list();
    if (list.isEmpty()) {
      return "none is set";
    }
    int from = sets.of(place).peek();
    for (int i = 0; i < list.size(); i++) {
      Backend backend = list.get((from + i) % list.size());
      if (!backend.resting(nowNanos)) {
        return inWords(backend, list.size(), "");
      }
    }
    return inWords(list.get(from), list.size(), ", though it failed of late, as did all");
  }

  /// How each backend is, in the order of the settings. Any thread.
  public List<BackendState> states() {
    return sets.all().stream().map(Backend::state).toList();
  }

  /// Requests of all loops that wait for a connection.
  public int queued() {
    return waiting.get();
  }

  private static String inWords(Backend backend, int count, String but) {
    return "%s next of %d, connections %d%s".formatted(backend.text(), count, backend.open(), but);
  }

  EventLog log() {
    return log;
  }

  byte[] pseudonym() {
    return pseudonym;
  }

  /// With which the ids of one loop's requests begin: no other has it, of this server or another.
  synchronized long nextIdPrefix() {
    return random.nextLong();
  }

  void enter(Pool loop) {
    loops.add(loop);
  }

  void leave(Pool loop) {
    loops.remove(loop);
  }

  /// A request of `loop` waits for a connection: others give idle ones up.
  ///
  /// @param backends of which it waits for one
  void wantsRoom(Pool loop, List<Backend> backends) {
    waiting.incrementAndGet();
    for (Pool other : loops) {
      if (other != loop && other.idleCount() > 0) {
        boolean _ = other.execute(() -> other.giveRoom(backends));
      }
    }
  }

  void waitsNoMore() {
    waiting.decrementAndGet();
  }

  /// What each loop may keep of the connections to one backend while others wait for some; 0 if
  /// there are more loops than connections.
  int share(int connections) {
    return connections / Math.max(1, loops.size());
  }

  /// There is room for one more connection to this backend, and nobody in `loop` needs it.
  void roomFreed(Pool loop, Backend backend) {
    if (backend.wanted() > 0) {
      offerRoom(loop, backend, loops.iterator());
    }
  }

  /// Asks one loop after the other: only it knows for whom its requests wait.
  private void offerRoom(Pool from, Backend backend, Iterator<Pool> rest) {
    boolean asked = false;
    while (!asked && rest.hasNext()) {
      Pool next = rest.next();
      asked =
          next != from
              && next.waitingCount() > 0
              && next.execute(() -> {
                if (next.wants(backend)) {
                  next.serveWaiting();
                } else {
                  offerRoom(from, backend, rest);
                }
              });
    }
  }

  private static Backend resolve(BackendAddress address) throws OperatorException {
    return switch (address) {
      case BackendAddress.Unix unix ->
          new Backend(
              unix.text(),
              "localhost".getBytes(US_ASCII),
              List.of(SocketAddress.ofUnixPath(unix.path())));
      case BackendAddress.Tcp tcp -> new Backend(tcp.text(), authority(tcp), resolve(tcp));
    };
  }

  private static byte[] authority(BackendAddress.Tcp tcp) {
    String text = tcp.text();
    return (tcp.port() == 80 ? text.substring(0, text.length() - 3) : text).getBytes(US_ASCII);
  }

  private static List<SocketAddress> resolve(BackendAddress.Tcp tcp) throws OperatorException {
    try {
      var addresses = new ArrayList<SocketAddress>();
      for (InetAddress host : InetAddress.getAllByName(tcp.host())) {
        addresses.add(SocketAddress.of(host, tcp.port()));
      }
      return List.copyOf(addresses);
    } catch (UnknownHostException e) {
      throw new OperatorException("backend: " + tcp.text() + " names a host that has no address");
    }
  }
}
