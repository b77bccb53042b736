package net.khttpd.passon;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Memory;
import net.khttpd.kernel.Sockets;
import net.khttpd.loop.Buffers;
import net.khttpd.loop.Engine;
import net.khttpd.loop.Loop;
import org.jspecify.annotations.Nullable;

/// One loop's connections to backends, and the requests that wait for one.
///
/// A request takes the last used idle connection of the backend whose turn it is, else a new one,
/// else that of the next backend; when all have as many connections as they may, it waits. A
/// backend that refused of late is asked only when all of them did.
///
/// Used by the loop's thread, but for what [Backends] asks.
final class Pool {
  /// A request that is not idempotent takes no connection idle for longer: it could not be repeated
  /// if the backend closed it just now.
  private static final long YOUNG_NANOS = 1_000_000_000L;

  /// Idle for so long, a connection is given up for another loop that waits for room.
  private static final long SPARE_NANOS = 50_000_000L;

  private static final long SECOND = 1_000_000_000L;

  private final Loop loop;
  private final Engine engine;
  private final Buffers buffers;
  private final Backends backends;
  private final Counters counters;
  private final Sockets sockets;
  private final MemorySegment peeked = Memory.allocate(64);
  private final IdlePool idle = new IdlePool();
  private final OpenConnections open = new OpenConnections();
  private final Waiting waiting = new Waiting();
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
    this.counters = counters;
    this.sockets = sockets;
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
      left(relay);
    }
  }

  /// A connection whose response is complete goes into the pool, to who waits, or is closed.
  void release(BackendConnection connection, long keepSeconds) {
    long keep = limits.idleNanos();
    if (keepSeconds < keep / SECOND + 1) {
      keep = Math.min(keep, (keepSeconds - 1) * SECOND);
    }
    if (draining || keep <= 0 || !idle.keeps(connection.backend()) || othersNeed(connection)) {
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

  void connected(BackendConnection connection, int result) {
    Relay relay = connection.relay();
    if (relay == null) {
      close(connection);
    } else if (result < 0) {
      connectFailed(connection, relay, result);
    } else {
      counters.increment(Counter.BACKEND_CONNECTS);
      connection.backend().connected(connection.attempt());
      sockets.noDelay(connection.descriptor()); // a piece of a body must not wait for more
      if (connection.isQuiet(sockets, peeked)) {
        connection.state = BackendConnection.State.BUSY;
        engine.receiveOnce(connection);
        relay.connected(connection);
      } else {
        relay.backendFault(); // it speaks before it is asked
      }
    }
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
        close(oldest);
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
      for (int i = 0; i < attempts.count(); i++) {
        int index = attempts.index(i);
        Backend backend = attempts.backend(index);
        boolean resting = backend.resting(loop.nanos());
        if (attempts.hasTried(index) || resting != (round == 1)) {
          continue;
        }
        if (tryBackend(relay, attempts, backend, index)) {
          return true;
        }
        full = true;
      }
    }
    if (!full) {
      dequeue(relay);
      relay.refuse(attempts.failure()); // nobody is left to try
    }
    return !full;
  }

  private boolean tryBackend(Relay relay, Attempts attempts, Backend backend, int index) {
    BackendConnection pooled = quietTop(backend);
    if (pooled != null && !attempts.wantsNew() && (relay.repeatable() || isYoung(pooled))) {
      dequeue(relay);
      attempts.trying(index);
      idle.remove(pooled);
      pooled.state = BackendConnection.State.BUSY;
      relay.connected(pooled);
      return true;
    }
    if (backend.tryOpen(limits.connections())) {
      dequeue(relay);
      attempts.trying(index);
      connect(relay, backend, 0);
      return true;
    }
    if (pooled != null) {
      close(pooled); // not good enough for this request, and takes the room of a new one
    }
    return false;
  }

  /// The last used idle connection that has nothing to read. Others are closed: what lies there is
  /// an end, or answers no request, and would answer the next one. The armed receive tells it, too,
  /// but perhaps later in this turn.
  private @Nullable BackendConnection quietTop(Backend backend) {
    BackendConnection pooled = idle.top(backend);
    while (pooled != null && !pooled.isQuiet(sockets, peeked)) {
      close(pooled);
      pooled = idle.top(backend);
    }
    return pooled;
  }

  private boolean isYoung(BackendConnection pooled) {
    return loop.nanos() - pooled.idleSinceNanos < YOUNG_NANOS;
  }

  /// The caller has counted the connection.
  private void connect(Relay relay, Backend backend, int attempt) {
    var connection = new BackendConnection(this, backend, attempt);
    int fd = engine.socket(backend.address(attempt).family());
    int result = fd < 0 ? fd : engine.adopt(connection, fd);
    if (result < 0) {
      if (fd >= 0) {
        sockets.close(fd);
      }
      backend.closed();
      counters.increment(Counter.BACKEND_FAILURES);
      relay.connectFailed(503);
      return;
    }
    open.add(connection);
    relay.connecting(connection);
    loop.schedule(connection, limits.connectNanos());
    engine.connect(connection, backend.address(attempt));
  }

  private void connectFailed(BackendConnection connection, Relay relay, int result) {
    Backend backend = connection.backend();
    counters.increment(Counter.BACKEND_FAILURES);
    connection.leave();
    int next = connection.attempt() + 1;
    boolean another = next < backend.addresses() && backend.tryOpen(Integer.MAX_VALUE);
    close(connection);
    if (another) {
      connect(relay, backend, next);
      return;
    }
    backend.failed(loop.nanos());
    backends
        .log()
        .event(
            "backend " + backend.text(),
            "backend " + backend.text() + ": cannot connect: " + Errno.text(-result));
    relay.connectFailed(result == -Errno.ETIMEDOUT ? 504 : 502);
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

  private void left(Relay relay) {
    loop.cancel(relay);
    backends.waitsNoMore();
  }
}
