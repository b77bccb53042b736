package net.khttpd.passon;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.kernel.Sockets;
import net.khttpd.log.EventLog;
import net.khttpd.settings.BackendAddress;
import net.khttpd.settings.Balancing;
import net.khttpd.settings.Balancing.Choice;
import net.khttpd.settings.ListenAddress;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;

/// The backends of one server, those of all its sites. Thread-safe.
///
/// Names are resolved here when they are set, and by [Watch] later on, off the loops. The loops use
/// the sets that were adopted last, each from the moment on that it is told so; what began with an
/// earlier one ends with it.
public final class Backends {
  /// How long a start or a change waits for names.
  private static final long NAMES_NANOS = 3_000_000_000L;

  private final EventLog log;
  private final byte[] pseudonym;
  private final RandomGenerator random;
  private final AtomicInteger waiting = new AtomicInteger();
  private final CopyOnWriteArrayList<Pool> loops = new CopyOnWriteArrayList<>();
  private final Names names;
  private final Watch watch;
  private volatile BackendSets sets =
      new BackendSets(List.of(), Routes.NONE, Settings.defaults().balancing());

  public Backends(EventLog log) {
    this(log, new SecureRandom(), InetAddress::getAllByName);
  }

  /// @param random gives the pseudonym by which this server knows itself in Via (RFC 9110 §7.6.3)
  Backends(EventLog log, RandomGenerator random, Names.Lookup lookup) {
    this.log = log;
    this.random = random;
    names = new Names(lookup);
    watch = new Watch(names, sets, this::changed);
    byte[] id = new byte[8];
    random.nextBytes(id);
    pseudonym = ("khttpd-" + HexFormat.of().formatHex(id)).getBytes(US_ASCII);
  }

  EventLog log() {
    return log;
  }

  /// The backends of `clientport`, `backend` and `route`, of each site; may block for some seconds.
  /// Those that the present sets have already stay as they are.
  ///
  /// @param starting a name without an address is no reason not to start: it may get one
  /// @throws OperatorException if a name has no address
  public BackendSets resolve(List<Settings> sites, boolean starting) throws OperatorException {
    Balancing rules = sites.getFirst().balancing();
    var wanted = new LinkedHashSet<BackendAddress>();
    sites.forEach(site -> wanted.addAll(site.passOnTo()));
    rules.choice().routes().forEach(route -> wanted.addAll(route.backends()));
    Map<BackendAddress, Backend> all = find(wanted, starting);
    var each = new ArrayList<BackendSet>();
    for (Settings site : sites) {
      each.add(set(site.passOnTo(), rules.choice(), all));
    }
    var routes =
        new Routes(rules.choice().routes(), route -> set(route.backends(), rules.choice(), all));
    return new BackendSets(each, routes, rules);
  }

  private static BackendSet set(
      List<BackendAddress> of, Choice choice, Map<BackendAddress, Backend> all) {
    var list = new ArrayList<Backend>();
    of.forEach(address -> list.add(requireNonNull(all.get(address))));
    return new BackendSet(list, choice.kind(), of.stream().mapToInt(choice::weight).toArray());
  }

  private Map<BackendAddress, Backend> find(Set<BackendAddress> wanted, boolean starting)
      throws OperatorException {
    var found = new HashMap<BackendAddress, Backend>();
    sets.all().forEach(backend -> found.put(backend.setting(), backend));
    var looking = new LinkedHashMap<BackendAddress.Tcp, CompletableFuture<List<InetAddress>>>();
    for (BackendAddress address : wanted) {
      if (!found.containsKey(address)) {
        switch (address) {
          case BackendAddress.Unix unix -> found.put(unix, ofPath(unix));
          case BackendAddress.Tcp tcp -> looking.put(tcp, names.look(tcp.host()));
        }
      }
    }
    long deadlineNanos = System.nanoTime() + NAMES_NANOS;
    for (Map.Entry<BackendAddress.Tcp, CompletableFuture<List<InetAddress>>> each :
        looking.entrySet()) {
      BackendAddress.Tcp tcp = each.getKey();
      List<InetAddress> hosts = await(each.getValue(), deadlineNanos);
      if (hosts.isEmpty() && !starting) {
        throw new OperatorException("backend: " + tcp.text() + " names a host that has no address");
      }
      var backend = new Backend(tcp, authority(tcp), Names.take(hosts, tcp.port(), List.of()), log);
      if (hosts.isEmpty()) {
        backend.event("name", "its name has no address; it is looked up again and again");
      }
      found.put(tcp, backend);
    }
    return found;
  }

  /// None if they do not come in time.
  private static List<InetAddress> await(
      CompletableFuture<List<InetAddress>> hosts, long deadlineNanos) {
    try {
      long left = Math.max(0, deadlineNanos - System.nanoTime());
      return hosts.get(left, TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  private Backend ofPath(BackendAddress.Unix unix) {
    return new Backend(
        unix, "localhost".getBytes(US_ASCII), List.of(SocketAddress.ofUnixPath(unix.path())), log);
  }

  /// From now on these are the sets that loops are given; who is drained gets no new request.
  public void adopt(BackendSets next) {
    sets = next;
    for (Backend backend : next.all()) {
      backend.health().drain(next.rules().drained().contains(backend.setting()));
    }
    watch.look(next);
  }

  /// Ends what looks after them; the loops have ended.
  public void close() {
    watch.close();
    names.close();
  }

  /// Refuses a backend that is this server, which would pass on to itself for ever.
  ///
  /// @param listensAt address of the server
  /// @param port that the server listens on
  /// @throws OperatorException naming the setting
  public static void refuseOurselves(BackendSets wanted, ListenAddress listensAt, int port)
      throws OperatorException {
    for (Backend backend : wanted.all()) {
      for (SocketAddress to : backend.addresses()) {
        if (to.family() != Sockets.AF_UNIX && to.port() == port && listensAt.takes(to.host())) {
          throw new OperatorException(
              "backend: "
                  + backend.text()
                  + " is this server itself (set clientport or backend to another port)");
        }
      }
    }
  }

  /// How each backend is, in the order of the settings. Any thread.
  public List<BackendState> states() {
    BackendSets present = sets;
    long now = System.nanoTime();
    return present.all().stream()
        .map(each -> each.state(present.rules().choice().weight(each.setting()), now))
        .toList();
  }

  /// Requests of all loops that wait for a connection.
  public int queued() {
    return waiting.get();
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

  /// This backend may be asked again, or not any more: who waits for it finds out.
  private void changed(Backend backend) {
    for (Pool each : loops) {
      if (backend.wanted() > 0) {
        boolean _ = each.execute(each::serveWaiting);
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

  private static byte[] authority(BackendAddress.Tcp tcp) {
    String text = tcp.text();
    return (tcp.port() == 80 ? text.substring(0, text.length() - 3) : text).getBytes(US_ASCII);
  }
}
