package net.khttpd.accept;

import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;
import net.khttpd.client.Client;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.client.State;
import net.khttpd.kernel.Memory;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.kernel.Sockets;
import net.khttpd.log.EventLog;
import net.khttpd.loop.Engine;
import net.khttpd.loop.Listener;
import net.khttpd.loop.Loop;
import net.khttpd.loop.Timed;

/// The accept stage of one loop: takes connections, keeps their number, answers 503 beyond it. When
/// descriptors run out it rests for a moment instead of spinning. Used by the loop's thread.
public final class Accept extends Listener {
  private static final int LAST_ACCEPTS = 65536;
  private static final long REST_NANOS = 100_000_000L;

  /// What becomes of an accepted connection.
  public interface Door {
    /// A connection within the limits; it is in the loop already.
    void welcome(Client client);

    /// One beyond the limits: a 503 and out.
    void turnAway(Client client);
  }

  private final Loop loop;
  private final Engine engine;
  private final ConnectionLimit limit;
  private final Counters counters;
  private final EventLog log;
  private final Supplier<Client> clients;
  private final Door door;
  private final Runnable stopped;
  private final Sockets sockets = new Sockets();
  private final SocketAddress address = new SocketAddress();
  private final MemorySegment scratch = Memory.allocate(16);
  private final Timed rest =
      new Timed() {
        @Override
        protected void expired() {
          engine.listen(Accept.this);
        }
      };

  /// @param stopped called when no more connections will come
  public Accept(
      int fd,
      Loop loop,
      ConnectionLimit limit,
      Counters counters,
      EventLog log,
      Supplier<Client> clients,
      Door door,
      Runnable stopped) {
    super(fd);
    this.loop = loop;
    this.engine = loop.engine();
    this.limit = limit;
    this.counters = counters;
    this.log = log;
    this.clients = clients;
    this.door = door;
    this.stopped = stopped;
  }

  /// A connection that was welcomed is gone.
  public void left(Client client) {
    limit.giveBack();
    if (client.countedByAddress) {
      limit.giveBackOf(client.addressHigh(), client.addressLow());
    }
  }

  /// Counts a client that was welcomed before there was a limit for each address.
  public void count(Client client) {
    if (client.welcome && !client.countedByAddress && limit.limitsClients()) {
      identify(client);
      int _ = limit.countOf(client.addressHigh(), client.addressLow());
      client.countedByAddress = true;
    }
  }

  /// Asks the kernel for the peer's address, once.
  public void identify(Client client) {
    if (!client.peerKnown()) {
      sockets.peerAddress(client.descriptor(), address);
      client.peer(address, scratch);
    }
  }

  @Override
  protected void accepted(int connection) {
    counters.increment(Counter.CONNECTIONS);
    Client client = clients.get();
    int result = engine.adopt(client, connection);
    if (result < 0) {
      sockets.close(connection);
      return;
    }
    counters.increment(Counter.CONNECTIONS_NOW);
    if (take(client)) {
      door.welcome(client);
    } else {
      counters.increment(Counter.REFUSED_CONNECTIONS);
      client.state = State.LINGERING;
      door.turnAway(client);
    }
  }

  @Override
  protected void acceptFailed(int errno) {
    counters.increment(Counter.ACCEPT_FAILURES);
    log.event("accept: " + net.khttpd.kernel.Errno.text(errno) + "; raise the limit of open files");
    loop.schedule(rest, REST_NANOS);
  }

  /// Connections that are complete but wait in the queue would be reset by the listener's close:
  /// take them first.
  @Override
  protected void listeningStopped() {
    for (int i = 0; i < LAST_ACCEPTS; i++) {
      int connection = sockets.accept(descriptor());
      if (connection < 0) {
        break;
      }
      accepted(connection);
    }
    stopped.run();
  }

  /// Ends listening; the constructor's `stopped` follows.
  public void stop() {
    loop.cancel(rest);
    engine.stopListening(this);
  }

  public void close() {
    sockets.free();
    address.free();
    Memory.free(scratch);
  }

  private boolean take(Client client) {
    if (!limit.take()) {
      return false;
    }
    if (limit.limitsClients()) {
      identify(client);
      if (!limit.takeOf(client.addressHigh(), client.addressLow())) {
        limit.giveBack();
        return false;
      }
      client.countedByAddress = true;
    }
    return true;
  }
}
