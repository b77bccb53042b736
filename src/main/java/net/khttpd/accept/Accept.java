package net.khttpd.accept;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import net.khttpd.client.Client;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.client.State;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Memory;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.kernel.Sockets;
import net.khttpd.log.EventLog;
import net.khttpd.loop.Engine;
import net.khttpd.loop.Loop;

/// The accept stage of one loop: takes connections from each listening socket that it has been
/// given ([Entrance]), keeps their number, answers 503 beyond it. Used by the loop's thread.
public final class Accept {
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
  private final List<Entrance> entrances = new ArrayList<>();
  private boolean announced;
  private boolean stopping;

  /// @param stopped called once after [#stop], when no more connections will come
  public Accept(
      Loop loop,
      ConnectionLimit limit,
      Counters counters,
      EventLog log,
      Supplier<Client> clients,
      Door door,
      Runnable stopped) {
    this.loop = loop;
    this.engine = loop.engine();
    this.limit = limit;
    this.counters = counters;
    this.log = log;
    this.clients = clients;
    this.door = door;
    this.stopped = stopped;
  }

  /// Whether from the next connection on a balancer tells whose each is.
  public void apply(boolean announces) {
    announced = announces;
  }

  /// Takes connections from this listening socket from now on.
  public void listen(int fd) {
    var entrance = new Entrance(fd, this, loop);
    entrances.add(entrance);
    entrance.open();
  }

  /// Takes no more from the socket than what waits in its queue now; `left` is called afterwards.
  public void leave(int fd, Runnable left) {
    for (Entrance entrance : entrances) {
      if (entrance.descriptor() == fd) {
        entrance.leave(left);
        return;
      }
    }
    left.run();
  }

  /// Leaves all sockets; the constructor's `stopped` follows.
  public void stop() {
    stopping = true;
    for (Entrance entrance : List.copyOf(entrances)) {
      entrance.leave(() -> {});
    }
    tellStopped();
  }

  void left(Entrance entrance) {
    entrances.remove(entrance);
    tellStopped();
  }

  private void tellStopped() {
    if (stopping && entrances.isEmpty()) {
      stopping = false;
      stopped.run();
    }
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
    boolean known = client.welcome && client.state != State.ANNOUNCED;
    if (known && !client.countedByAddress && limit.limitsClients()) {
      identify(client);
      int _ = limit.countOf(client.addressHigh(), client.addressLow());
      client.countedByAddress = true;
    }
  }

  /// It is known whose connection it is. False: that client has as many as it may.
  public boolean admit(Client client) {
    if (!limit.limitsClients()) {
      return true;
    }
    identify(client);
    client.countedByAddress = limit.takeOf(client.addressHigh(), client.addressLow());
    return client.countedByAddress;
  }

  /// The address of the socket's other end, for a sentence.
  public String peer(Client client) {
    sockets.peerAddress(client.descriptor(), address);
    return address.host().getHostAddress();
  }

  /// Asks the kernel for the peer's address, once.
  public void identify(Client client) {
    if (!client.peerKnown()) {
      sockets.peerAddress(client.descriptor(), address);
      client.peer(address, scratch);
    }
  }

  /// Takes a connection that waits in the queue; false: none does.
  boolean takeQueued(int fd) {
    int connection = sockets.accept(fd);
    if (connection >= 0) {
      accepted(connection);
    }
    return connection >= 0;
  }

  void accepted(int connection) {
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
      door.turnAway(client);
    }
  }

  void failed(int errno) {
    counters.increment(Counter.ACCEPT_FAILURES);
    log.event("accept: " + Errno.text(errno) + "; raise the limit of open files");
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
    if (announced) {
      client.state = State.ANNOUNCED;
      return true;
    }
    if (!admit(client)) {
      limit.giveBack();
      return false;
    }
    return true;
  }
}
