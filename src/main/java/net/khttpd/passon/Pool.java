package net.khttpd.passon;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import net.khttpd.client.Counters;
import net.khttpd.kernel.Memory;
import net.khttpd.kernel.Sockets;
import net.khttpd.loop.Buffers;
import net.khttpd.loop.Engine;
import net.khttpd.loop.Loop;
import org.jspecify.annotations.Nullable;

/// One loop's connections to backends, and the requests that wait for one.
///
/// A request takes the last used idle connection of the backend that its set ranks first, else a
/// new one, else that of the next backend; when all have as many connections as they may, it waits.
/// A backend that is out after failures is asked only when all of them are.
///
/// Used by the loop's thread, but for what [Backends] asks.
final class Pool {
  /// Idle for so long, a connection is given up for another loop that waits for room.
  private static final long SPARE_NANOS = 50_000_000L;

  private static final long SECOND = 1_000_000_000L;

  private final Loop loop;
  private final Engine engine;
  private final Buffers buffers;
  private final Backends backends;
  private final Sockets sockets;
  private final MemorySegment peeked = Memory.allocate(64);
  private final IdlePool idle = new IdlePool();
  private final OpenConnections open = new OpenConnections();
  private final Waiting waiting = new Waiting();
  private final Connector connector;
  private Limits limits;
  private boolean draining;
  private boolean ended;

  Pool(
      Loop loop,
      Buffers buffers,
      Limits limits,
      Backends backends,
      List<Backend> all,
      Counters counters,
      Sockets sockets) {
    this.loop = loop;
    this.engine = loop.engine();
    this.buffers = buffers;
    this.limits = limits;
    this.backends = backends;
    this.sockets = sockets;
    connector = new Connector(this, loop, sockets, counters);
    idle.keep(all);
    backends.enter(this);
  }

  /// Other limits and backends hold from now on. Connections to backends that are gone are closed
  /// when idle, those in use when their response is complete.
  void apply(Limits next, List<Backend> all) {
    limits = next;
    for (BackendConnection connection : open.all()) {
      if (connection.state == BackendConnection.State.IDLE && !all.contains(connection.backend())) {
        close(connection);
      }
    }
    idle.keep(all);
    serveWaiting(); // there may be more room than before
  }

  /// The loop ends: no idle connection is kept; if the server does, none of a client either.
  void retire(boolean serverEnds) {
    draining |= serverEnds;
    for (BackendConnection c = idle.oldest(); c != null; c = idle.oldest()) {
      close(c);
    }
    idle.keep(List.of());
  }

  /// Ends what is under way, and takes nothing any more.
  void end() {
    retire(true);
    ended = true;
    backends.leave(this);
    for (BackendConnection connection : open.all()) {
      Relay relay = connection.relay();
      if (relay != null) {
        relay.cut();
      } else {
        close(connection);
      }
    }
    waiting.all().forEach(Relay::cut);
  }

  /// Gives memory back; the loop has ended.
  void free() {
    Memory.free(peeked);
  }

  boolean draining() {
    return draining;
  }

  /// Finds a connection for the relay, lets it wait, or tells it that nobody is left.
  void assign(Relay relay) {
    if (ended) {
      relay.refuse(503);
    } else if (waiting.hasLine(relay.attempts().list()) || !tryAssign(relay)) {
      enqueue(relay);
    }
  }

  void waitsNoMore(Relay relay) {
    if (waiting.remove(relay)) {
      loop.cancel(relay);
      backends.waitsNoMore();
    }
  }

  /// A connection whose response is complete goes into the pool, to who waits, or is closed.
  void release(BackendConnection connection, long keepSeconds) {
    long keep = limits.idleNanos();
    if (keepSeconds < keep / SECOND + 1) {
      keep = Math.min(keep, (keepSeconds - 1) * SECOND);
    }
    boolean wanted = idle.keeps(connection.backend()) && !connection.outdated();
    if (draining || keep <= 0 || !wanted || othersNeed(connection)) {
      close(connection);
      return;
    }
    connection.state = BackendConnection.State.IDLE;
    connection.reused = true;
    connection.idleSinceNanos = loop.nanos();
    idle.add(connection);
    loop.schedule(connection, keep);
    engine.receiveOnce(connection);
    serveWaiting();
  }

  /// Whether another loop waits for room and this one has more than its share: at its share it
  /// keeps its connections, or both would open one for each request.
  private boolean othersNeed(BackendConnection connection) {
    Backend backend = connection.backend();
    return backend.wanted() > waiting.wanting(backend) && hasMoreThanItsShare(backend);
  }

  private boolean hasMoreThanItsShare(Backend backend) {
    return open.to(backend) > backends.share(limits.connections());
  }

  /// It is closed, or has become a tunnel, which `maxconnect` bounds: it takes no request's place.
  void uncount(BackendConnection connection) {
    Backend backend = connection.backend();
    if (open.uncount(connection)) {
      backend.closed();
      serveWaiting();
      if (!waiting.wants(backend)) {
        backends.roomFreed(this, backend);
      }
    }
  }

  /// Closes a connection that no relay uses any more.
  void close(BackendConnection connection) {
    if (connection.state == BackendConnection.State.IDLE) {
      idle.remove(connection);
    }
    if (connection.state != BackendConnection.State.CLOSED) {
      connection.state = BackendConnection.State.CLOSED;
      loop.cancel(connection);
      engine.close(connection, connection.reset);
    }
  }

  // What connections tell

  void opened(BackendConnection connection) {
    open.add(connection);
  }

  Connector connector() {
    return connector;
  }

  Limits limits() {
    return limits;
  }

  /// An idle connection has ended, or has bytes that nobody asked for.
  void ended(BackendConnection connection) {
    connection.backend().habit().ended(idleNanos(connection), loop.nanos());
    close(connection);
  }

  /// An idle connection has been kept for as long as it may be.
  void spent(BackendConnection connection) {
    connection.backend().habit().kept(idleNanos(connection));
    close(connection);
  }

  void closed(
      BackendConnection connection,
      @Nullable MemorySegment parkedSend,
      @Nullable MemorySegment parkedReceive) {
    if (connection.state != BackendConnection.State.CLOSED) {
      close(connection); // the engine has done it, after a fault of ours
    }
    if (parkedSend != null) {
      buffers.giveBack(parkedSend);
    }
    if (parkedReceive != null) {
      buffers.giveBack(parkedReceive);
    }
    open.remove(connection);
    uncount(connection);
    Relay relay = connection.relay();
    if (relay != null) {
      relay.backendFault(); // after a fault of ours, as above
    }
  }

  // What Backends asks, from any thread

  /// False if the loop has ended: nothing is left there to give or to wait.
  boolean execute(Runnable task) {
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException ended) {
      return false;
    }
  }

  int idleCount() {
    return idle.size();
  }

  int waitingCount() {
    return waiting.size();
  }

  /// Closes a connection to one of these that is idle here, since another loop needs the room.
  void giveRoom(List<Backend> wanted) {
    for (Backend backend : wanted) {
      BackendConnection oldest = idle.oldest(List.of(backend));
      if (oldest != null
          && (hasMoreThanItsShare(backend) || loop.nanos() - oldest.idleSinceNanos > SPARE_NANOS)) {
        spent(oldest);
        return;
      }
    }
  }

  /// Whether somebody here waits for a connection to this backend.
  boolean wants(Backend backend) {
    return waiting.wants(backend);
  }

  /// Gives connections to those who wait, as many as there are.
  void serveWaiting() {
    for (ArrayDeque<Relay> line : waiting.lines()) {
      Relay first = line.peekFirst();
      while (first != null && tryAssign(first)) {
        first = line.peekFirst();
      }
    }
  }

  // Choice

  /// False: all backends that may be asked have as many connections as they may.
  private boolean tryAssign(Relay relay) {
    Attempts attempts = relay.attempts();
    boolean full = false;
    for (int round = 0; round < 2 && !full; round++) {
      boolean lastResort = round == 1;
      long passed = 0;
      int index = attempts.best(passed, lastResort, loop.nanos());
      while (index != BackendSet.NONE) {
        Backend backend = attempts.backend(index);
        boolean trial = backend.health().standing(loop.nanos()) == Standing.TRIAL;
        if (!trial || backend.health().beginTrial(loop.nanos())) {
          if (tryBackend(relay, attempts, index, trial)) {
            return true;
          }
          full = true;
        }
        passed |= BackendSet.bit(index);
        index = attempts.best(passed, lastResort, loop.nanos());
      }
    }
    if (!full) {
      dequeue(relay);
      relay.refuse(attempts.failure()); // nobody is left to try
    }
    return !full;
  }

  /// @param trial of a backend that was out: over a new connection, and by this request alone
  private boolean tryBackend(Relay relay, Attempts attempts, int index, boolean trial) {
    Backend backend = attempts.backend(index);
    BackendConnection pooled = quietTop(backend);
    if (pooled != null && !trial && !attempts.wantsNew() && mayTake(relay, pooled)) {
      dequeue(relay);
      attempts.trying(index, false);
      idle.remove(pooled);
      ready(relay, pooled);
      return true;
    }
    if (backend.tryOpen(limits.connections())) {
      dequeue(relay);
      attempts.trying(index, trial);
      connector.connect(relay, backend);
      return true;
    }
    if (trial) {
      backend.health().trialAbandoned();
    }
    if (pooled != null) {
      makeRoom(backend, pooled); // none is good enough for this request
    }
    return false;
  }

  /// Whether the request may go over this idle connection: if it could be repeated, or if the
  /// backend will not end the connection just now, as far as can be known.
  private boolean mayTake(Relay relay, BackendConnection pooled) {
    IdleHabit habit = pooled.backend().habit();
    long idleNanos = idleNanos(pooled);
    pooled.idledNanos = idleNanos;
    habit.kept(idleNanos);
    return relay.takesPooled(idleNanos < habit.trustedNanos(loop.nanos()));
  }

  /// The connection is the relay's.
  void ready(Relay relay, BackendConnection connection) {
    connection.state = BackendConnection.State.BUSY;
    if (!relay.attempts().idempotent()) {
      connection.mark(sockets);
    }
    relay.connected(connection);
  }

  /// Closes the last used idle connection: those that have been idle for longer go on telling how
  /// long the backend keeps them.
  private void makeRoom(Backend backend, BackendConnection top) {
    BackendConnection oldest = idle.oldest(List.of(backend));
    if (oldest != null && oldest != top && !isQuiet(oldest)) {
      ended(oldest);
    } else {
      if (oldest != null) {
        backend.habit().kept(idleNanos(oldest));
      }
      close(top);
    }
  }

  /// The last used idle connection that has nothing to read. Others are closed: what lies there is
  /// an end, or answers no request, and would answer the next one. The armed receive tells it, too,
  /// but perhaps later in this turn.
  private @Nullable BackendConnection quietTop(Backend backend) {
    BackendConnection pooled = idle.top(backend);
    while (pooled != null && !isQuiet(pooled)) {
      ended(pooled);
      pooled = idle.top(backend);
    }
    return pooled;
  }

  private long idleNanos(BackendConnection pooled) {
    return loop.nanos() - pooled.idleSinceNanos;
  }

  boolean isQuiet(BackendConnection connection) {
    return connection.isQuiet(sockets, peeked);
  }

  // The queue

  private void enqueue(Relay relay) {
    waiting.add(relay);
    relay.waiting();
    loop.schedule(relay, limits.queueNanos());
    backends.wantsRoom(this, relay.attempts().list());
    serveWaiting(); // room that was freed while nobody seemed to wait
  }

  private void dequeue(Relay relay) {
    if (relay.isWaiting()) {
      waitsNoMore(relay);
    }
  }
}
