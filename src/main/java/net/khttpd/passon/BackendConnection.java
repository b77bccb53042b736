package net.khttpd.passon;

import java.lang.foreign.MemorySegment;
import java.util.List;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.SocketAddress;
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
  private final List<SocketAddress> addresses;
  private final SocketAddress address;
  private final int first;
  private final int attempt;
  private long acknowledged;
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

  /// It began by telling whose it is (backend_proxy), and so carries one exchange only.
  boolean once;

  /// When it was put into the pool.
  long idleSinceNanos;

  /// How long it had been idle when it was looked at last.
  long idledNanos;

  /// Being made: the backend's queue is full, so it is tried again at the deadline.
  boolean congested;

  /// When it is tried no more; 0 before that matters.
  long giveUpNanos;

  /// It is one to the end, so that its end is one tunnel less.
  private boolean tunnel;

  /// Place in the loop's list of connections.
  int index;

  /// @param addresses of the backend at this time
  /// @param first place among them of the one that was tried first; then they are tried in turn
  /// @param attempt which of them is tried, counted from 0
  BackendConnection(
      Pool pool, Backend backend, List<SocketAddress> addresses, int first, int attempt) {
    this.pool = pool;
    this.backend = backend;
    this.addresses = addresses;
    this.first = first;
    this.attempt = attempt;
    address = addresses.get(place());
  }

  Backend backend() {
    return backend;
  }

  List<SocketAddress> addresses() {
    return addresses;
  }

  SocketAddress address() {
    return address;
  }

  /// Place of the address that was tried first.
  int first() {
    return first;
  }

  int attempt() {
    return attempt;
  }

  /// Place of its address.
  int place() {
    return (first + attempt) % addresses.size();
  }

  /// Whether the backend listens elsewhere by now.
  boolean outdated() {
    List<SocketAddress> now = backend.addresses();
    return now != addresses && !now.contains(address);
  }

  /// Remembers how much the backend's kernel has acknowledged, before a request is sent of which
  /// [#unread] will be asked.
  void mark(Sockets sockets) {
    acknowledged = sockets.bytesAcknowledged(descriptor());
  }

  /// After the end of the stream has been read: whether the backend's kernel had not received a
  /// byte of the request when the backend ended its side, since the end acknowledges all that had
  /// come before it. Always false for a Unix socket, and for a connection that was not marked.
  boolean unread(Sockets sockets) {
    return acknowledged >= 0 && sockets.bytesAcknowledged(descriptor()) == acknowledged;
  }

  void carry(Relay exchange) {
    relay = exchange;
    once = exchange.limits().connectionEach();
  }

  /// It has become a tunnel.
  void tunnelled() {
    tunnel = true;
    backend.tunnels(1);
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
      pool.ended(this);
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
    pool.connector().connected(this, result);
  }

  @Override
  protected void expired() {
    Relay exchange = relay;
    switch (state) {
      case CONNECTING -> pool.connector().expired(this);
      case IDLE -> pool.spent(this);
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
    if (tunnel) {
      backend.tunnels(-1);
    }
    pool.closed(this, parkedSend, parkedReceive);
    parkedSend = null;
    parkedReceive = null;
  }
}
