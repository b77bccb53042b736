package net.khttpd.passon;

import java.util.List;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.kernel.Sockets;
import net.khttpd.loop.Engine;
import net.khttpd.loop.Loop;

/// Makes one loop's new connections to backends: address after address of a name, and again after a
/// while where a Unix socket's queue is full. Used by the loop's thread.
final class Connector {
  private static final String NO_ADDRESS = "its name has no address";

  /// Between two tries of a full queue; the timers of a loop are not finer than 67 ms.
  private static final long AGAIN_NANOS = 10_000_000L;

  private final Pool pool;
  private final Loop loop;
  private final Engine engine;
  private final Sockets sockets;
  private final Counters counters;

  Connector(Pool pool, Loop loop, Sockets sockets, Counters counters) {
    this.pool = pool;
    this.loop = loop;
    this.engine = loop.engine();
    this.sockets = sockets;
    this.counters = counters;
  }

  /// Connects for the relay; the caller has counted the connection.
  void connect(Relay relay, Backend backend) {
    List<SocketAddress> all = backend.addresses();
    if (all.isEmpty()) {
      backend.closed();
      backend.event("connect", NO_ADDRESS);
      refused(relay, NO_ADDRESS);
      relay.connectFailed(502);
    } else {
      connect(relay, backend, all, backend.preferred(all), 0);
    }
  }

  private void connect(
      Relay relay, Backend backend, List<SocketAddress> all, int first, int attempt) {
    var connection = new BackendConnection(pool, backend, all, first, attempt);
    int fd = engine.socket(connection.address().family());
    int result = fd < 0 ? fd : engine.adopt(connection, fd);
    if (result < 0) {
      if (fd >= 0) {
        sockets.close(fd);
      }
      backend.closed();
      counters.increment(Counter.BACKEND_FAILURES);
      relay.attempts().left();
      relay.connectFailed(503);
      return;
    }
    pool.opened(connection);
    relay.connecting(connection);
    begin(connection);
  }

  private void begin(BackendConnection connection) {
    connection.congested = false;
    loop.schedule(connection, pool.limits().connectNanos());
    engine.connect(connection, connection.address());
  }

  /// What became of it: 0 or `-errno`.
  void connected(BackendConnection connection, int result) {
    Relay relay = connection.relay();
    if (relay == null) {
      pool.close(connection);
    } else if (result == -Errno.EAGAIN) {
      queueFull(connection, relay);
    } else if (result < 0) {
      failed(connection, relay, result);
    } else {
      counters.increment(Counter.BACKEND_CONNECTS);
      connection.backend().connected(connection.addresses(), connection.place());
      sockets.noDelay(connection.descriptor()); // a piece of a body must not wait for more
      if (pool.isQuiet(connection)) {
        engine.receiveOnce(connection);
        pool.ready(relay, connection);
      } else {
        refused(relay, "it ends connections at once, or speaks before it is asked");
        leave(connection);
        relay.connectFailed(502);
      }
    }
  }

  /// The deadline of a connection that is being made.
  void expired(BackendConnection connection) {
    if (connection.congested) {
      begin(connection);
    } else {
      connected(connection, -Errno.ETIMEDOUT);
    }
  }

  /// The queue of a Unix socket is full (connect(2)): that is no failure. Another backend may have
  /// room; if there is none, the request waits as it would for a connection.
  private void queueFull(BackendConnection connection, Relay relay) {
    long now = loop.nanos();
    if (connection.giveUpNanos == 0) {
      connection.giveUpNanos = now + pool.limits().queueNanos();
    }
    if (now - connection.giveUpNanos < 0 && !relay.attempts().hasAnother(now)) {
      connection.congested = true;
      loop.schedule(connection, AGAIN_NANOS);
    } else {
      connection.backend().event("connect", "its queue of connections is full");
      leave(connection);
      relay.attempts().left();
      relay.connectFailed(503);
    }
  }

  private void failed(BackendConnection connection, Relay relay, int result) {
    Backend backend = connection.backend();
    int next = connection.attempt() + 1;
    List<SocketAddress> all = connection.addresses();
    boolean another = next < all.size() && backend.tryOpen(Integer.MAX_VALUE);
    leave(connection);
    if (another) {
      counters.increment(Counter.BACKEND_FAILURES);
      connect(relay, backend, all, connection.first(), next);
      return;
    }
    String reason = "cannot connect: " + Errno.text(-result);
    backend.event("connect", reason);
    refused(relay, reason);
    relay.connectFailed(result == -Errno.ETIMEDOUT ? 504 : 502);
  }

  private void refused(Relay relay, String reason) {
    counters.increment(Counter.BACKEND_FAILURES);
    relay.attempts().failed(loop.nanos(), reason);
  }

  private void leave(BackendConnection connection) {
    connection.leave();
    pool.close(connection);
  }
}
