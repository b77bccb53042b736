package net.khttpd.way;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import net.khttpd.accept.Accept;
import net.khttpd.client.Client;
import net.khttpd.client.Connections;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.client.Exchange;
import net.khttpd.client.State;
import net.khttpd.decide.Decide;
import net.khttpd.files.Entry;
import net.khttpd.kernel.Errno;
import net.khttpd.loop.Engine;
import net.khttpd.loop.Loop;
import net.khttpd.send.Send;
import org.jspecify.annotations.Nullable;

/// What happens to a client's connection, and what that means for its state: the read stage, its
/// deadlines, and its end. One for each loop; its thread only.
///
/// A connection is driven by [#go]: send what is queued, take the next requests from the input, and
/// so on until something must be waited for; then exactly one receive and one deadline are set.
final class ClientEvents implements Client.Stages, Connections, Accept.Door {
  /// Unread input beyond which we stop reading while a request is under way.
  private static final int UNREAD_BYTES = 16 * 1024;

  /// Batches that one connection is sent in a turn: a reader as fast as we are would keep the loop.
  private static final int BATCHES = 16;

  private final Loop loop;
  private final Engine engine;
  private final Send send;
  private final Counters counters;
  private final Roster roster;
  private final LastLeave lastLeave;
  private final TurnedAway turnedAway;
  private final Migration migration;
  private Terms terms;
  private @Nullable WayOfRequest way;
  private boolean draining;

  ClientEvents(
      Loop loop,
      Send send,
      Counters counters,
      Roster roster,
      Terms terms,
      Migration migration,
      Runnable drained) {
    this.loop = loop;
    this.engine = loop.engine();
    this.send = send;
    this.counters = counters;
    this.roster = roster;
    this.terms = terms;
    this.lastLeave = new LastLeave(drained);
    this.turnedAway = new TurnedAway(send, counters);
    this.migration = migration;
  }

  /// The way and its events know each other.
  void way(WayOfRequest theWay) {
    this.way = theWay;
  }

  /// Deadlines set from now on, and what is logged from now on, follow these.
  void apply(Terms next) {
    terms = next;
  }

  // Accept.Door

  @Override
  public void welcome(Client client) {
    roster.add(client);
    client.welcome = true;
    Timeouts timeouts = terms.timeouts();
    loop.schedule(client, draining ? timeouts.lastRequest() : timeouts.firstHead());
    engine.receiveOnce(client);
  }

  @Override
  public void turnAway(Client client) {
    roster.add(client);
    if (turnedAway.answer(client)) {
      go(client);
    } else {
      close(client, true);
    }
  }

  // Client.Stages

  @Override
  public void arrived(Client client, MemorySegment bytes, long offset, int length) {
    switch (client.state) {
      case READING -> {
        if (client.input.isEmpty()) {
          client.driven = true;
          int used = way().run(client, bytes, offset, length, false, null);
          if (used >= 0 && used < length && client.state != State.CLOSED) {
            client.input.append(bytes, offset + used, length - used);
          }
          client.driven = false;
          go(client);
        } else if (keep(client, bytes, offset, length)) {
          go(client);
        }
      }
      case LOOKING_UP, SENDING, LEAVING -> keep(client, bytes, offset, length);
      case PASSED_ON -> {
        Exchange exchange = client.exchange;
        if (keep(client, bytes, offset, length) && exchange != null) {
          exchange.clientArrived();
        }
      }
      case LINGERING -> {
        if (Lingering.enough(client, length)) {
          close(client, false);
        }
      }
      case CLOSED -> {}
    }
  }

  @Override
  public void arrivedInInput(Client client, int length) {
    Exchange exchange = client.exchange;
    if (client.state == State.PASSED_ON && exchange != null) {
      exchange.clientArrived();
    } else if (client.state != State.LEAVING) {
      go(client); // the exchange ended while a pull was under way
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
      close(client, false);
    } else if (client.state == State.READING || client.state == State.LINGERING) {
      close(client, false);
    }
  }

  @Override
  public void receivingStopped(Client client) {
    Exchange exchange = client.exchange;
    if (client.state == State.PASSED_ON && exchange != null) {
      exchange.clientReceivingStopped();
    } else if (client.state == State.READING) {
      go(client);
    } else if (client.state == State.LINGERING && !client.inputEnded && !client.receiving()) {
      engine.receive(client);
    }
  }

  @Override
  public void sent(Client client, long result) {
    if (!Send.holds(client)) {
      client.sending = false;
    } else if (!send.sent(client, result)) {
      broken(client, result);
      return;
    }
    Exchange exchange = client.exchange;
    if (client.state == State.PASSED_ON && exchange != null) {
      exchange.clientSent(result);
    } else if (client.state != State.LOOKING_UP || Send.holds(client)) {
      go(client);
    }
  }

  @Override
  public void resumed(Client client) {
    if (client.state == State.SENDING) {
      go(client);
    }
  }

  @Override
  public void expired(Client client) {
    guarded(client, () -> late(client)); // no other deadline would come
  }

  private void late(Client client) {
    Exchange exchange = client.exchange;
    switch (client.state) {
      case READING -> silent(client);
      case SENDING -> {
        if (terms.progress().made(client)) {
          loop.schedule(client, terms.timeouts().send());
        } else {
          counters.increment(Counter.TIMEOUTS);
          close(client, true);
        }
      }
      case LOOKING_UP -> {
        counters.increment(Counter.TIMEOUTS);
        client.lookups = Decide.GIVEN_UP; // decided as if there were no such file just now
        client.giveUpLookup();
        lookedUp(client, null);
      }
      case PASSED_ON -> {
        if (exchange != null) {
          exchange.clientExpired();
        }
      }
      case LINGERING -> close(client, false);
      case LEAVING, CLOSED -> {}
    }
  }

  @Override
  public void detached(Client client, int descriptor) {
    way().forget(client);
    migration.detached(client, descriptor);
  }

  @Override
  public void closed(Client client) {
    send.release(client);
    client.input.release();
    way().forget(client);
    loop.cancel(client);
    roster.remove(client);
    if (!client.welcome) {
      turnedAway.gone();
    }
    lastLeave.tell(draining && roster.size() == 0);
    migration.tell();
  }

  // Connections

  @Override
  public void exchangeOver(Client client, boolean keepAlive) {
    endExchange(client);
    client.lastAnswer |= !keepAlive; // while draining, only if the client has been told
    client.linger |= !keepAlive && !client.inputEnded;
    client.state = State.READING;
    go(client);
  }

  @Override
  public void exchangeRefused(Client client, int status, boolean close) {
    Exchange exchange = client.exchange;
    terms.log().relayed(client, status, 0, exchange == null ? "" : exchange.backend());
    client.exchange = null;
    client.state = State.READING;
    client.refusal = status;
    client.refusalCloses = close;
    client.refusalWithoutBody = exchange != null && exchange.isHead();
    go(client);
  }

  @Override
  public void abort(Client client) {
    endExchange(client);
    close(client, true);
  }

  @Override
  public boolean stopReceiving(Client client) {
    return engine.stopReceiving(client);
  }

  @Override
  public void pull(Client client) {
    int at = client.input.reserve(PULL_BYTES);
    client.receivingIntoInput = true;
    engine.receiveInto(client, client.input.bytes(), at, PULL_BYTES);
  }

  @Override
  public void watch(Client client) {
    if (!client.receiving() && !client.inputEnded && client.input.length() <= UNREAD_BYTES) {
      engine.receive(client);
    }
  }

  @Override
  public void deadline(Client client, long nanos) {
    terms.progress().begin(client);
    loop.schedule(client, nanos);
  }

  // What the stages share

  /// The time of this turn.
  long nanos() {
    return loop.nanos();
  }

  /// A request has just been given to a backend: earlier answers leave, and the connection is
  /// watched for its end.
  void passedOn(Client client) {
    if (client.state != State.PASSED_ON) {
      return; // refused at once; the exchange is over already
    }
    if (!client.receivingIntoInput) {
      client.input.trim();
    }
    boolean gone = Send.holds(client) && !sendEarlier(client);
    if (!gone && client.state == State.PASSED_ON) {
      watch(client);
    }
  }

  /// Sends the answers before a pass-on; an exchange that has ended already waits to be told.
  /// False: the client is gone.
  private boolean sendEarlier(Client client) {
    switch (send.flush(client)) {
      case BROKEN -> {
        broken(client, 0);
        return false;
      }
      case PENDING -> deadline(client, terms.timeouts().send());
      case DONE -> {
        Exchange exchange = client.exchange;
        if (exchange != null) {
          exchange.clientSent(0);
        }
      }
    }
    return true;
  }

  /// Soon closes connections that have nothing under way; the others close after their answer.
  void drain() {
    draining = true;
    migration.end();
    way().drain();
    roster.forEach(client -> {
      if (isIdle(client)) {
        loop.nextTurn(() -> closeIfIdle(client)); // a request that has come is answered first
      }
    });
    lastLeave.tell(draining && roster.size() == 0);
  }

  /// No connection will come any more.
  void acceptStopped() {
    lastLeave.acceptStopped();
    lastLeave.tell(draining && roster.size() == 0);
  }

  private static boolean isIdle(Client client) {
    return client.state == State.READING && !client.headBegun;
  }

  /// A request may be on its way: it is answered, and told that it was the last.
  private void closeIfIdle(Client client) {
    if (isIdle(client)) {
      loop.schedule(client, terms.timeouts().lastRequest());
    }
  }

  /// Closes whatever is left, at the drain's deadline.
  void closeAll() {
    roster.forEach(client -> broken(client, 0));
  }

  @Override
  public void found(Client client, Entry entry) {
    if (client.state == State.LOOKING_UP) { // else closed in the meantime
      lookedUp(client, entry);
    }
  }

  private void lookedUp(Client client, @Nullable Entry entry) {
    client.state = State.READING;
    if (client.sending) {
      client.state = State.SENDING; // earlier answers first; then the cache will know
      deadline(client, terms.timeouts().send());
      return;
    }
    client.driven = true;
    guarded(client, () -> take(client, entry));
    client.driven = false;
    go(client);
  }

  /// Not reentrant: a stage that is called from here and ends at once (an exchange refused before
  /// it began) leaves going on to the call that is already under way.
  void go(Client client) {
    if (client.driven) {
      return;
    }
    client.driven = true;
    try {
      drive(client);
    } catch (RuntimeException | Error fault) {
      close(client, true);
      throw fault;
    }
    client.driven = false;
    switch (client.state) {
      case READING -> waitForHead(client);
      case LOOKING_UP -> lookingUp(client);
      case SENDING -> {
        deadline(client, terms.timeouts().send());
        migration.offer(client);
      }
      case PASSED_ON, LINGERING, LEAVING, CLOSED -> {}
    }
  }

  /// A fault of ours must not leave the connection standing for ever, with nothing waited for.
  private void guarded(Client client, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error fault) {
      close(client, true);
      throw fault;
    }
  }

  /// Until something must be waited for.
  private void drive(Client client) {
    int batches = 0;
    while (client.state == State.READING || client.state == State.SENDING) {
      switch (send.flush(client)) {
        case PENDING -> {
          client.state = State.SENDING;
          return;
        }
        case BROKEN -> {
          broken(client, 0);
          return;
        }
        case DONE -> {}
      }
      if (client.lastAnswer) {
        finish(client);
        return;
      }
      client.state = State.READING;
      if (client.refusal != 0) {
        way().refuse(client, null);
        continue;
      }
      if (!client.input.isEmpty() && ++batches > BATCHES) {
        client.state = State.SENDING;
        loop.nextTurn(() -> resumed(client));
        return;
      }
      if (client.input.isEmpty() || !take(client, null)) {
        return;
      }
    }
  }

  /// Takes requests from the client's own input; false if there was no whole one.
  private boolean take(Client client, @Nullable Entry entry) {
    if (client.refusal != 0) {
      return way().refuse(client, entry); // it was its page that was looked up
    }
    int length = client.input.length();
    int used = way().run(client, client.input.bytes(), client.input.start(), length, true, entry);
    if (used == WayOfRequest.PASSED_ON) {
      return true;
    }
    client.input.consume(used);
    return used > 0 || Send.holds(client);
  }

  private void lookingUp(Client client) {
    if (Send.holds(client) && send.flush(client) == Send.Flushed.BROKEN) {
      broken(client, 0);
    } else {
      loop.schedule(client, terms.timeouts().lookUp());
    }
  }

  /// Nothing is under way: wait for the next head, or the rest of one.
  private void waitForHead(Client client) {
    if (client.inputEnded) {
      close(client, false);
      return;
    }
    if (way().headBegun(client)) {
      if (!client.headBegun) {
        client.headBegun = true;
        loop.schedule(client, terms.timeouts().head());
      }
    } else if (draining) {
      loop.schedule(client, terms.timeouts().lastRequest()); // the last answer did not say so
    } else if (client.requests > 0) {
      loop.schedule(client, terms.timeouts().idle());
    }
    rest(client);
  }

  /// Nothing is under way but a receive; if the loop retires, this is the moment to move.
  private void rest(Client client) {
    if (!migration.offer(client) && !client.receiving()) {
      engine.receive(client);
    }
  }

  /// Appends to the input; too much unread input ends the receive until there is room.
  private boolean keep(Client client, MemorySegment bytes, long offset, int length) {
    if (!client.input.append(bytes, offset, length)) {
      broken(client, -Errno.ENOBUFS);
      return false;
    }
    if (client.input.length() > UNREAD_BYTES && client.state != State.READING) {
      engine.stopReceiving(client);
    }
    return true;
  }

  /// The deadline of a head has passed: say so if one has begun, else just go (nobody asked).
  private void silent(Client client) {
    counters.increment(Counter.TIMEOUTS);
    if (client.headBegun) {
      way().refuseSlow(client);
      client.input.release();
      go(client);
    } else {
      close(client, false);
    }
  }

  private void broken(Client client, long result) {
    Exchange exchange = client.exchange;
    if (client.state == State.PASSED_ON && exchange != null) {
      exchange.clientEnded((int) Math.min(result, -1)); // and counts it
    } else if (result < 0) {
      counters.increment(Counter.RESETS);
    }
    close(client, true);
  }

  /// The last answer is out.
  private void finish(Client client) {
    if (client.linger && !client.inputEnded) {
      Lingering.begin(client, loop);
    } else {
      close(client, false);
    }
  }

  private void endExchange(Client client) {
    Exchange exchange = client.exchange;
    if (exchange != null) {
      terms.log().relayed(client, exchange.status(), exchange.bytesSent(), exchange.backend());
      client.exchange = null;
    }
  }

  private void close(Client client, boolean reset) {
    if (client.state != State.CLOSED) {
      client.state = State.CLOSED;
      loop.cancel(client);
      engine.close(client, reset);
    }
  }

  private WayOfRequest way() {
    return Objects.requireNonNull(way, "the way has not been set");
  }
}
