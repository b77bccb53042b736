package net.khttpd.passon;

import java.util.ArrayDeque;
import net.khttpd.client.Client;
import net.khttpd.client.Connections;
import net.khttpd.client.Counters;
import net.khttpd.http.RequestHead;
import net.khttpd.kernel.Sockets;
import net.khttpd.loop.Buffers;
import net.khttpd.loop.Engine;
import net.khttpd.loop.Loop;
import net.khttpd.loop.Timed;
import net.khttpd.settings.Settings;
import org.jspecify.annotations.Nullable;

/// The pass-on stage of one loop: each request gets a [Relay], which gets a connection to a backend
/// from the [Pool].
///
/// A relay belongs to the limits and the writer of heads with which it was made; after a change of
/// settings the next request gets a new one.
///
/// Used by the loop's thread.
public final class PassOn {
  private final Loop loop;
  private final Buffers buffers;
  private final Backends backends;
  private final Connections clients;
  private final Counters counters;
  private final Sockets sockets = new Sockets();
  private final Forwarded forwarded;
  private final ProxyWriter proxyWriter;
  private final RequestIds requestIds;
  private final Failures failures;
  private final Pool pool;
  private final Pipes pipes = new Pipes();
  private final ArrayDeque<Relay> free = new ArrayDeque<>();
  private Limits limits;
  private int ifNobody;
  private BackendSets sets;
  private RequestWriter requestWriter;
  private @Nullable RoutePath routePath;

  public PassOn(
      Loop loop,
      Buffers buffers,
      Settings settings,
      Backends backends,
      BackendSets sets,
      Connections connections,
      Counters counters) {
    this.loop = loop;
    this.buffers = buffers;
    this.limits = Limits.of(settings);
    this.backends = backends;
    this.sets = sets;
    this.clients = connections;
    this.counters = counters;
    forwarded = new Forwarded(sockets, settings.trust());
    proxyWriter = new ProxyWriter(sockets);
    requestIds = new RequestIds(backends.nextIdPrefix(), settings.requestId());
    failures = new Failures(backends.log());
    requestWriter = writer(settings);
    pool = new Pool(loop, buffers, limits, backends, sets.kept(), counters, sockets);
    routePath = routePath(settings);
    ifNobody = ifNobody(settings);
  }

  private RequestWriter writer(Settings settings) {
    return new RequestWriter(forwarded, proxyWriter, settings.via(), backends.pseudonym());
  }

  /// From the next request on, these settings and backends hold. What is under way ends as it
  /// began; idle connections to backends that are gone are closed.
  public void apply(Settings settings, BackendSets next) {
    limits = Limits.of(settings);
    sets = next;
    forwarded.trust(settings.trust());
    requestIds.apply(settings.requestId());
    requestWriter = writer(settings);
    free.clear();
    pool.apply(limits, next.kept());
    freeRoutePath();
    routePath = routePath(settings);
    ifNobody = ifNobody(settings);
  }

  /// Passes a request on. The client is READING, what follows the head is in its input or comes
  /// there; the head is not looked at after this call. The exchange may be over on return.
  ///
  /// @param place of the site that the request is of
  public void begin(Client client, RequestHead head, int place) {
    Relay relay = free.pollLast();
    if (relay == null) {
      relay = new Relay(this);
    }
    BackendSet set = null;
    RoutePath path = routePath;
    if (path != null) {
      set = sets.routes().find(RoutePath.host(head), path.path(head));
    }
    relay.begin(client, head, set == null ? sets.of(place) : set, ifNobody);
  }

  /// The status for a request that is for no backend: of one whose socket nobody took, somebody may
  /// take it soon.
  private int ifNobody(Settings settings) {
    if (!settings.handover().none()) {
      return 503;
    }
    return routePath == null ? 502 : 404;
  }

  private @Nullable RoutePath routePath(Settings settings) {
    return sets.routes().isEmpty() ? null : new RoutePath(settings.targetMax());
  }

  private void freeRoutePath() {
    RoutePath path = routePath;
    if (path != null) {
      path.free();
    }
  }

  /// From now on no response promises to keep the client's connection, and no idle connection to a
  /// backend is kept.
  public void drain() {
    pool.retire(true);
  }

  /// From now on no idle connection to a backend is kept: the loop's clients go to other loops.
  public void retire() {
    pool.retire(false);
  }

  /// Ends what is under way: cuts it, or refuses what has not begun. Every connection is closed
  /// when the engine has turned a few times more.
  public void close() {
    pool.end();
  }

  /// Gives memory back; the loop has ended.
  public void free() {
    freeRoutePath();
    forwarded.free();
    pipes.close();
    proxyWriter.free();
    pool.free();
    sockets.free();
  }

  // What relays need

  Engine engine() {
    return loop.engine();
  }

  Buffers buffers() {
    return buffers;
  }

  Pipes pipes() {
    return pipes;
  }

  Limits limits() {
    return limits;
  }

  Connections connections() {
    return clients;
  }

  Sockets sockets() {
    return sockets;
  }

  Counters counters() {
    return counters;
  }

  RequestWriter requestWriter() {
    return requestWriter;
  }

  RequestIds requestIds() {
    return requestIds;
  }

  Failures failures() {
    return failures;
  }

  Pool pool() {
    return pool;
  }

  /// By which the request finds its backend, if that is by a hash.
  long key(BackendSet set, Client client, RequestHead head) {
    return switch (set.kind()) {
      case ROUND_ROBIN, LEAST_CONNECTIONS -> 0;
      case HASH_PATH -> HashKey.ofPath(head);
      case HASH_CLIENT -> HashKey.ofClient(client, head, forwarded.trusts(client));
    };
  }

  /// The time of this turn.
  long nanos() {
    return loop.nanos();
  }

  void schedule(Timed timed, long nanos) {
    loop.schedule(timed, nanos);
  }

  void recycle(Relay relay) {
    if (relay.limits() == limits) {
      free.addLast(relay);
    }
  }
}
