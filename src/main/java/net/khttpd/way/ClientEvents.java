package net.khttpd.way;

import java.lang.foreign.MemorySegment;
import net.khttpd.accept.Accept;
import net.khttpd.client.Client;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.client.Exchange;
import net.khttpd.client.State;
import net.khttpd.decide.Decide;
import net.khttpd.files.Entry;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Sockets;
import net.khttpd.log.EventLog;
import net.khttpd.loop.Engine;
import net.khttpd.loop.Loop;
import net.khttpd.send.Send;

/// What happens to a client's connection, and what that means for its state: the read stage, its
/// deadlines, and its end. [Driving] then goes on; while a request is with a backend, its
/// [Exchange] is told instead. One for each loop; its thread only.
final class ClientEvents implements Client.Stages, Accept.Door {
  private final Loop loop;
  private final Engine engine;
  private final Send send;
  private final Counters counters;
  private final Roster roster;
  private final TurnedAway turnedAway;
  private final Migration migration;
  private final Draining draining;
  private final Closing closing;
  private final Driving driving;
  private final Exchanges exchanges;
  private final Announcements announcements;
  private final Peeking peeking;
  private Terms terms;

  ClientEvents(
      Loop loop,
      Send send,
      Counters counters,
      Roster roster,
      Terms terms,
      Migration migration,
      Peeking peeking,
      Sockets sockets,
      EventLog log,
      Runnable drained) {
    this.loop = loop;
    this.engine = loop.engine();
    this.send = send;
    this.counters = counters;
    this.roster = roster;
    this.terms = terms;
    this.turnedAway = new TurnedAway(send, counters);
    this.migration = migration;
    draining = new Draining(loop, roster, drained);
    this.peeking = peeking;
    closing = new Closing(loop, sockets, counters);
    driving = new Driving(loop, send, migration, draining, closing, peeking, terms);
    exchanges = new Exchanges(driving, loop, send, closing, terms);
    announcements = new Announcements(loop, driving, closing, peeking, counters, log);
  }

  /// The way and its events know each other.
  void way(WayOfRequest theWay, Orders orders) {
    driving.way(theWay, orders);
  }

  /// The stage before knows the events by now; they need it, too, where a balancer tells whose a
  /// connection is.
  void accept(Accept accept) {
    announcements.accept(accept);
  }

  /// Deadlines set from now on, and what is logged from now on, follow these.
  void apply(Terms next) {
    terms = next;
    driving.apply(next);
    exchanges.apply(next);
  }

  /// What becomes of requests that are passed on.
  Exchanges exchanges() {
    return exchanges;
  }

  // Accept.Door

  @Override
  public void welcome(Client client) {
    roster.add(client);
    client.welcome = true;
    boolean announced = client.state == State.ANNOUNCED && !draining.begun();
    loop.schedule(client, announced ? terms.timeouts().head() : firstRequestNanos());
    if (peeking.on()) {
      client.looked = true;
      peeking.await(client);
    } else {
      engine.receiveOnce(client);
    }
  }

  private long firstRequestNanos() {
    Timeouts timeouts = terms.timeouts();
    return draining.begun() ? timeouts.lastRequest() : timeouts.firstHead();
  }

  @Override
  public void turnAway(Client client) {
    roster.add(client);
    if (turnedAway.answer(client)) {
      driving.go(client);
    } else {
      closing.close(client, true);
    }
  }

  // Client.Stages

  @Override
  public void arrived(Client client, MemorySegment bytes, long offset, int length) {
    switch (client.state) {
      case ANNOUNCED -> announcements.arrived(client, bytes, offset, length, firstRequestNanos());
      case READING -> {
        if (client.input.isEmpty()) {
          driving.arrived(client, bytes, offset, length);
        } else if (keep(client, bytes, offset, length)) {
          driving.go(client);
        }
      }
      case LOOKING_UP, SENDING, LEAVING -> keep(client, bytes, offset, length);
      case PASSED_ON -> {
        Exchange exchange = client.exchange;
        if (keep(client, bytes, offset, length) && exchange != null) {
          exchange.clientArrived();
        }
      }
      case LINGERING -> closing.arrived(client, length);
      case CLOSED -> {}
    }
  }

  @Override
  public void arrivedInInput(Client client, int length) {
    Exchange exchange = client.exchange;
    if (client.state == State.PASSED_ON && exchange != null) {
      exchange.clientArrived();
    } else if (client.state != State.LEAVING) {
      driving.go(client); // the exchange ended while a pull was under way
    }
  }

  @Override
  public void inputReady(Client client, boolean last) {
    if (client.state == State.READING) {
      int length = peeking.look(client, last);
      if (length > 0) {
        driving.peeked(client, length);
      } else if (length == -Errno.EAGAIN) {
        driving.rest(client);
      } else {
        ended(client, length);
      }
    } else if (client.state == State.ANNOUNCED) {
      announced(client, peeking.look(client, last));
    } else if (client.state == State.LINGERING) {
      engine.receive(client);
    }
  }

  private void announced(Client client, int length) {
    if (length > 0) {
      announcements.peeked(client, length, firstRequestNanos());
    } else if (length == -Errno.EAGAIN) {
      peeking.await(client);
    } else {
      ended(client, length);
    }
  }

  @Override
  public void ended(Client client, int result) {
    client.inputEnded = true;
    Exchange exchange = client.exchange;
    if (client.state == State.PASSED_ON && exchange != null) {
      exchange.clientEnded(result);
    } else if (result < 0) {
      counters.increment(Counter.RESETS);
      closing.close(client, false);
    } else if (client.state == State.ANNOUNCED) {
      announcements.ended(client);
    } else if (client.state == State.READING || client.state == State.LINGERING) {
      closing.close(client, false);
    }
  }

  @Override
  public void receivingStopped(Client client) {
    Exchange exchange = client.exchange;
    if (client.state == State.PASSED_ON && exchange != null) {
      exchange.clientReceivingStopped();
    } else if (client.state == State.READING) {
      driving.go(client);
    } else if (client.state == State.LINGERING && !client.inputEnded && !client.receiving()) {
      engine.receive(client);
    }
  }

  @Override
  public void sent(Client client, long result) {
    if (!Send.holds(client)) {
      client.sending = false;
    } else if (!send.sent(client, result)) {
      closing.broken(client, result);
      return;
    }
    Exchange exchange = client.exchange;
    if (client.state == State.PASSED_ON && exchange != null) {
      exchange.clientSent(result);
    } else if (client.state != State.LOOKING_UP || Send.holds(client)) {
      driving.go(client);
    }
  }

  @Override
  public void resumed(Client client) {
    driving.resumed(client);
  }

  @Override
  public void found(Client client, Entry entry) {
    if (client.state == State.LOOKING_UP) { // else closed in the meantime
      driving.lookedUp(client, entry);
    }
  }

  @Override
  public void expired(Client client) {
    closing.guarded(client, () -> late(client)); // no other deadline would come
  }

  private void late(Client client) {
    Exchange exchange = client.exchange;
    switch (client.state) {
      case ANNOUNCED -> announcements.late(client, draining.begun());
      case READING -> silent(client);
      case SENDING -> {
        if (terms.progress().made(client)) {
          loop.schedule(client, terms.timeouts().send());
        } else {
          counters.increment(Counter.TIMEOUTS);
          closing.close(client, true);
        }
      }
      case LOOKING_UP -> {
        counters.increment(Counter.TIMEOUTS);
        client.lookups = Decide.GIVEN_UP; // decided as if there were no such file just now
        client.giveUpLookup();
        driving.lookedUp(client, null);
      }
      case PASSED_ON -> {
        if (exchange != null) {
          exchange.clientExpired();
        }
      }
      case LINGERING -> closing.close(client, false);
      case LEAVING, CLOSED -> {}
    }
  }

  @Override
  public void detached(Client client, int descriptor) {
    if (client.handedOver) {
      migration.drop(descriptor);
      closed(client);
    } else {
      driving.way().forget(client);
      migration.detached(client, descriptor);
    }
  }

  @Override
  public void closed(Client client) {
    send.release(client);
    client.input.release();
    driving.way().forget(client);
    loop.cancel(client);
    roster.remove(client);
    if (!client.welcome) {
      turnedAway.gone();
    }
    draining.tell();
    migration.tell();
  }

  // The loop's

  /// The time of this turn.
  long nanos() {
    return loop.nanos();
  }

  /// A connection that another loop has had goes on here.
  void adopted(Client client) {
    driving.go(client);
  }

  /// Soon closes connections that have nothing under way; the others close after their answer.
  void drain() {
    migration.end();
    driving.drain();
    draining.begin(terms.timeouts().lastRequest());
  }

  /// No connection will come any more.
  void acceptStopped() {
    draining.acceptStopped();
  }

  /// Idle connections are received from, or looked at, as the settings say from now on.
  void receiveAnew() {
    roster.forEach(client -> {
      boolean rests = client.state == State.READING && client.receiving();
      if (rests && engine.stopReceiving(client)) {
        driving.go(client);
      }
    });
  }

  /// Closes whatever is left, at the drain's deadline.
  void closeAll() {
    roster.forEach(client -> closing.broken(client, 0));
  }

  /// Appends to the input; too much unread input ends the receive until there is room.
  private boolean keep(Client client, MemorySegment bytes, long offset, int length) {
    if (!client.input.append(bytes, offset, length)) {
      closing.broken(client, -Errno.ENOBUFS);
      return false;
    }
    if (client.input.length() > Exchanges.UNREAD_BYTES && client.state != State.READING) {
      engine.stopReceiving(client);
    }
    return true;
  }

  /// The deadline of a head has passed: say so if one has begun, else just go (nobody asked).
  private void silent(Client client) {
    counters.increment(Counter.TIMEOUTS);
    if (client.headBegun) {
      driving.way().refuseSlow(client);
      client.input.release();
      driving.go(client);
    } else {
      closing.close(client, false);
    }
  }
}
