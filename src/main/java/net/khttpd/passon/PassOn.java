package net.khttpd.passon;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import net.khttpd.client.Client;
import net.khttpd.client.Connections;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.http.RequestHead;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Memory;
import net.khttpd.kernel.Sockets;
import net.khttpd.loop.Buffers;
import net.khttpd.loop.Engine;
import net.khttpd.loop.Loop;
import net.khttpd.loop.Timed;
import net.khttpd.settings.Settings;
import org.jspecify.annotations.Nullable;

/// The pass-on stage of one loop: gives each request a connection to a backend and lets a [Relay]
/// carry it.
///
/// A request takes the last used idle connection of the backend whose turn it is, else a new one,
/// else that of the next backend; when all have as many connections as they may, it waits. A
/// backend that refused of late is asked only when all of them did.
///
/// Used by the loop's thread, but for what [Backends] calls through [#execute].
public final class PassOn {
  /// A request that is not idempotent takes no connection idle for longer: it could not be repeated
  /// if the backend closed it just now.
  private static final long YOUNG_NANOS = 1_000_000_000L;

  private static final long SECOND = 1_000_000_000L;

  private final Loop loop;
  private final Engine engine;
  private final Buffers buffers;
  private final Limits limits;
  private final Backends backends;
  private final Connections clients;
  private final Counters counters;
  private final Sockets sockets = new Sockets();
  private final MemorySegment peeked = Memory.allocate(64);
  private final Forwarded forwarded;
  private final RequestWriter requestWriter;
  private final IdlePool idle;
  private final List<BackendConnection> open = new ArrayList<>();
  private final ArrayDeque<Relay> waiting = new ArrayDeque<>();
  private final ArrayDeque<Relay> free = new ArrayDeque<>();
  private volatile int waitingCount;
  private boolean draining;
  private boolean ended;

  public PassOn(
      Loop loop,
      Buffers buffers,
      Settings settings,
      Backends backends,
      Connections connections,
      Counters counters) {
    this.loop = loop;
    this.engine = loop.engine();
    this.buffers = buffers;
    this.limits = Limits.of(settings);
    this.backends = backends;
    this.clients = connections;
    this.counters = counters;
    forwarded = new Forwarded(sockets, settings.trust());
    requestWriter = new RequestWriter(forwarded, settings.via(), backends.pseudonym());
    idle = new IdlePool(backends.list().size());
    backends.enter(this);
  }

  /// Passes a request on. The client is READING, what follows the head is in its input or comes
  /// there; the head is not looked at after this call. The exchange may be over on return.
  public void begin(Client client, RequestHead head) {
    Relay relay = free.pollLast();
    if (relay == null) {
      relay = new Relay(this);
    }
    relay.begin(client, head, backends.list(), backends.next());
  }

  /// From now on no response promises to keep the client's connection, and no idle connection is
  /// kept.
  public void drain() {
    draining = true;
    for (BackendConnection c = idle.oldest(); c != null; c = idle.oldest()) {
      close(c);
    }
  }

  /// Ends what is under way: cuts it, or refuses what has not begun. Every connection is closed
  /// when the engine has turned a few times more.
  public void close() {
    drain();
    ended = true;
    backends.leave(this);
    for (BackendConnection connection : List.copyOf(open)) {
      Relay relay = connection.relay();
      if (relay != null) {
        relay.cut();
      } else {
        close(connection);
      }
    }
    for (Relay relay : List.copyOf(waiting)) {
      relay.cut();
    }
  }

  /// Gives back what is not the engine's; the loop has ended.
  public void free() {
    forwarded.free();
    Memory.free(peeked);
    sockets.free();
  }

  // What relays need

  Engine engine() {
    return engine;
  }

  Buffers buffers() {
    return buffers;
  }

  Limits limits() {
    return limits;
  }

  Connections connections() {
    return clients;
  }

  Counters counters() {
    return counters;
  }

  RequestWriter requestWriter() {
    return requestWriter;
  }

  boolean draining() {
    return draining;
  }

  void schedule(Timed timed, long nanos) {
    loop.schedule(timed, nanos);
  }

  /// Whether the client has taken enough since its deadline was set. The first deadline has nothing
  /// to compare with, and grants a second.
  boolean takes(Client client) {
    long now = sockets.bytesAcknowledged(client.descriptor());
    long before = client.acknowledged;
    client.acknowledged = now;
    return now >= 0 && (before < 0 || now - before >= limits.leastSend());
  }

  void recycle(Relay relay) {
    free.addLast(relay);
  }

  /// Finds a connection for the relay, lets it wait, or tells it that nobody is left.
  void assign(Relay relay) {
    if (ended) {
      relay.nobodyLeft();
    } else if (!waiting.isEmpty() || !tryAssign(relay)) {
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
    if (draining || keep <= 0 || backends.othersWait(waiting.size())) {
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

  /// Closes a connection that no relay uses any more.
  void close(BackendConnection connection) {
    if (connection.state == BackendConnection.State.IDLE) {
      idle.remove(connection);
    }
    if (connection.state != BackendConnection.State.CLOSED) {
      connection.state = BackendConnection.State.CLOSED;
      loop.cancel(connection);
      engine.close(connection, false);
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
      if (isQuiet(connection)) {
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
    if (parkedSend != null) {
      buffers.giveBack(parkedSend);
    }
    if (parkedReceive != null) {
      buffers.giveBack(parkedReceive);
    }
    forget(connection);
    connection.backend().closed();
    serveWaiting();
    if (waiting.isEmpty()) {
      backends.roomFreed(this);
    }
  }

  // What Backends asks, from any thread

  void execute(Runnable task) {
    loop.execute(task);
  }

  int idleCount() {
    return idle.size();
  }

  int waitingCount() {
    return waitingCount;
  }

  /// Closes a connection that is idle here, since another loop needs the room.
  void giveRoom() {
    BackendConnection oldest = idle.oldest();
    if (oldest != null) {
      close(oldest);
    }
  }

  /// Gives connections to those who wait, as many as there are.
  void serveWaiting() {
    for (Relay relay = waiting.peekFirst(); relay != null; relay = waiting.peekFirst()) {
      if (!tryAssign(relay)) {
        return;
      }
    }
  }

  // Choice

  /// False: all backends that may be asked have as many connections as they may.
  private boolean tryAssign(Relay relay) {
    List<Backend> list = relay.backends();
    boolean full = false;
    for (int round = 0; round < 2 && !full; round++) {
      for (int i = 0; i < list.size(); i++) {
        int index = (relay.first() + i) % list.size();
        Backend backend = list.get(index);
        boolean resting = backend.resting(loop.nanos());
        if (relay.hasTried(index) || resting != (round == 1)) {
          continue;
        }
        if (tryBackend(relay, backend, index)) {
          return true;
        }
        full = true;
      }
    }
    if (!full) {
      dequeue(relay);
      relay.nobodyLeft();
    }
    return !full;
  }

  private boolean tryBackend(Relay relay, Backend backend, int index) {
    BackendConnection pooled = relay.wantsNew() ? null : idle.top(backend);
    if (pooled != null && fits(pooled, relay)) {
      dequeue(relay);
      relay.trying(index);
      idle.remove(pooled);
      pooled.state = BackendConnection.State.BUSY;
      relay.connected(pooled);
      return true;
    }
    if (backend.tryOpen(limits.connections())) {
      dequeue(relay);
      relay.trying(index);
      connect(relay, backend, 0);
      return true;
    }
    if (pooled != null) {
      close(pooled); // too old for this request, and takes the room of a new one
    }
    return false;
  }

  private boolean fits(BackendConnection pooled, Relay relay) {
    return relay.idempotent()
        || (loop.nanos() - pooled.idleSinceNanos < YOUNG_NANOS && isQuiet(pooled));
  }

  /// Whether there is nothing to read, not even an end.
  private boolean isQuiet(BackendConnection connection) {
    return sockets.receive(
            connection.descriptor(), peeked, 0, 1, Sockets.MSG_PEEK | Sockets.MSG_DONTWAIT)
        == -Errno.EAGAIN;
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
    connection.index = open.size();
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
    waiting.addLast(relay);
    waitingCount = waiting.size();
    relay.waiting();
    loop.schedule(relay, limits.queueNanos());
    backends.wantsRoom(this);
    serveWaiting(); // room that was freed while nobody seemed to wait
  }

  private void dequeue(Relay relay) {
    if (relay.stage() == Relay.Stage.WAITING) {
      waitsNoMore(relay);
    }
  }

  private void left(Relay relay) {
    waitingCount = waiting.size();
    loop.cancel(relay);
    backends.waitsNoMore();
  }

  private void forget(BackendConnection connection) {
    BackendConnection last = open.removeLast();
    if (last != connection) {
      open.set(connection.index, last);
      last.index = connection.index;
    }
  }
}
