package net.khttpd.passon;

import java.lang.foreign.MemorySegment;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Sockets;
import net.khttpd.loop.Endpoint;
import net.khttpd.loop.Engine;
import org.jspecify.annotations.Nullable;

/// A connection to a backend.
///
/// Life: CONNECTING → BUSY ⇄ IDLE → CLOSED. Idle or waiting for a response it has a single receive
/// armed, so that an end or unasked-for bytes close it in time and the first bytes of a response
/// come in the engine's buffer. Used by one loop's thread, which owns the descriptor through the
/// engine; counted by its [Backend] until [#closed].
final class BackendConnection extends Endpoint {
  /// Where the connection is in its life.
  enum State {
    /// The kernel is shaking hands.
    CONNECTING,
    /// An exchange uses it.
    BUSY,
    /// Waits in the pool for the next exchange.
    IDLE,
    /// The engine has been told to close it.
    CLOSED
  }

  private final Pool pool;
  private final Backend backend;
  private final int attempt;
  private @Nullable Relay relay;
  private @Nullable MemorySegment parkedSend;
  private @Nullable MemorySegment parkedReceive;

  State state = State.CONNECTING;

  /// A send is in flight.
  boolean sending;

  /// It has carried an exchange before: its end may be the backend's idle timeout, not a fault.
  boolean reused;

  /// When it is closed, the backend gets a reset.
  boolean reset;

  /// It has a place among the backend's connections.
  boolean counted = true;

  /// When it was put into the pool.
  long idleSinceNanos;

  /// Place in the loop's list of connections.
  int index;

  /// @param attempt which of the backend's addresses is tried, counted from 0
  BackendConnection(Pool pool, Backend backend, int attempt) {
    this.pool = pool;
    this.backend = backend;
    this.attempt = attempt;
  }

  Backend backend() {
    return backend;
  }

  int attempt() {
    return attempt;
  }

  void carry(Relay exchange) {
    relay = exchange;
  }

  @Nullable Relay relay() {
    return relay;
  }

  /// Whether there is nothing to read, not even an end.
  ///
  /// @param scratch has room for an octet
  boolean isQuiet(Sockets sockets, MemorySegment scratch) {
    int flags = Sockets.MSG_PEEK | Sockets.MSG_DONTWAIT;
    return sockets.receive(descriptor(), scratch, 0, 1, flags) == -Errno.EAGAIN;
  }

  /// Sends all of `output`, which must not be touched while this is [Engine#PENDING].
  long send(Engine engine, Output output) {
    long result = engine.send(this, output.bytes(), output.start(), output.length(), false);
    sending = result == Engine.PENDING;
    return result;
  }

  /// The exchange leaves it: nobody is told of what happens from here on.
  void leave() {
    relay = null;
  }

  /// Keeps a buffer that a send in flight reads, until the connection is closed.
  void parkSend(@Nullable MemorySegment buffer) {
    parkedSend = buffer;
  }

  /// Keeps a buffer that a receive under way writes to, until the connection is closed.
  void parkReceive(@Nullable MemorySegment buffer) {
    parkedReceive = buffer;
  }

  @Override
  protected void received(MemorySegment buffer, long offset, int length) {
    Relay exchange = relay;
    if (exchange == null) {
      pool.close(this); // idle: ended, or bytes that nobody asked for
    } else if (length > 0) {
      exchange.backendArrived(buffer, offset, length);
    } else {
      exchange.backendEnded(length);
    }
  }

  @Override
  protected void readable() {
    Relay exchange = relay;
    if (exchange != null) {
      exchange.backendReadable();
    }
  }

  @Override
  protected void receivingStopped() {
    throw new AssertionError("a backend's receive is never stopped, only closed");
  }

  @Override
  protected void sent(long result) {
    sending = false;
    Relay exchange = relay;
    if (exchange != null) {
      exchange.backendSent(result);
    }
  }

  @Override
  protected void connected(int result) {
    pool.connected(this, result);
  }

  @Override
  protected void expired() {
    Relay exchange = relay;
    switch (state) {
      case CONNECTING -> pool.connected(this, -Errno.ETIMEDOUT);
      case IDLE -> pool.close(this);
      case BUSY -> {
        if (exchange != null) {
          exchange.backendSilent();
        }
      }
      case CLOSED -> {}
    }
  }

  @Override
  protected void detached(int descriptor) {
    throw new AssertionError("a connection to a backend stays with its loop");
  }

  @Override
  protected void closed() {
    pool.closed(this, parkedSend, parkedReceive);
    parkedSend = null;
    parkedReceive = null;
  }
}
