package net.khttpd.way;

import java.util.function.Predicate;
import net.khttpd.client.Client;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.client.Moved;
import net.khttpd.client.State;
import net.khttpd.files.Entry;
import net.khttpd.kernel.Sockets;
import net.khttpd.loop.Buffers;
import net.khttpd.loop.Engine;
import net.khttpd.loop.Loop;
import org.jspecify.annotations.Nullable;

/// Moves connections between loops, so that a loop can end without ending them.
///
/// 1. [#begin]: the loop retires. From now on every client is offered at each boundary.
/// 2. [#offer]: at a request boundary, or between two pieces of a file, the engine detaches it;
///    what still comes until then is kept. Answers in memory, look-ups and exchanges finish first.
/// 3. [#detached]: what the connection is goes to another loop, as a [Moved].
/// 4. [#adopt]: there it becomes a client again, with the same deadline and place in the limits.
///
/// One for each loop; its thread only.
final class Migration {
  private final Loop loop;
  private final Engine engine;
  private final Sockets sockets;
  private final Buffers buffers;
  private final Counters counters;
  private final Roster roster;
  private @Nullable ClientEvents events;
  private @Nullable Predicate<Moved> elsewhere;
  private Runnable empty = () -> {};

  Migration(Loop loop, Sockets sockets, Buffers buffers, Counters counters, Roster roster) {
    this.loop = loop;
    this.engine = loop.engine();
    this.sockets = sockets;
    this.buffers = buffers;
    this.counters = counters;
    this.roster = roster;
  }

  /// The events and the migration know each other.
  void events(ClientEvents theEvents) {
    events = theEvents;
  }

  /// @param taker gives a connection to another loop; false: nobody takes it
  /// @param whenEmpty called when no client is left; perhaps more than once
  void begin(Predicate<Moved> taker, Runnable whenEmpty) {
    elsewhere = taker;
    empty = whenEmpty;
    roster.forEach(this::offer);
    tell();
  }

  /// Clients stay: the server ends, so they end here.
  void end() {
    elsewhere = null;
  }

  /// Lets the client leave, if the loop retires and this is a moment at which it may. False: it
  /// stays for now.
  boolean offer(Client client) {
    if (elsewhere == null || !mayMove(client)) {
      return false;
    }
    client.state = State.LEAVING;
    client.leftNanos = loop.left(client);
    loop.cancel(client);
    engine.detach(client);
    return true;
  }

  private static boolean mayMove(Client client) {
    return switch (client.state) {
      case READING -> true;
      case SENDING -> client.output == null && isFile(client.body);
      case ANNOUNCED, LOOKING_UP, PASSED_ON, LINGERING, LEAVING, CLOSED -> false;
    };
  }

  private static boolean isFile(@Nullable Entry body) {
    return body != null && body.body() == null;
  }

  /// The client is out of the loop, and its parser forgotten. Whom nobody takes comes back: the
  /// server ends.
  void detached(Client client, int descriptor) {
    roster.moved(client);
    var moved = new Moved(client, descriptor);
    client.state = State.CLOSED;
    if (elsewhere == null || !elsewhere.test(moved)) {
      elsewhere = null;
      adopt(moved);
    }
    tell();
  }

  /// The socket is somebody else's: our descriptor of it goes.
  void drop(int descriptor) {
    sockets.close(descriptor);
  }

  /// Goes on with a connection that another loop has had: what it has asked for is answered, and
  /// while it asks for nothing its deadline is the one it had.
  void adopt(Moved moved) {
    ClientEvents stages = events;
    if (stages == null) {
      throw new AssertionError("the events have not been set");
    }
    var client = new Client(stages, buffers, counters);
    counters.increment(Counter.CONNECTIONS_NOW);
    moved.restore(client);
    roster.add(client);
    if (engine.adopt(client, moved.descriptor()) < 0) {
      sockets.close(moved.descriptor());
      counters.increment(Counter.RESETS);
      counters.add(Counter.CONNECTIONS_NOW, -1);
      client.state = State.CLOSED;
      stages.closed(client);
      return;
    }
    long left = Math.max(0, moved.leftNanos());
    int before = client.requests;
    loop.schedule(client, left);
    stages.adopted(client);
    if (client.state == State.READING && client.requests == before) {
      loop.schedule(client, Math.min(left, loop.left(client)));
    }
  }

  /// A client is gone.
  void tell() {
    if (elsewhere != null && roster.size() == 0) {
      empty.run();
    }
  }
}
