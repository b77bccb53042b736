package net.khttpd.way;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import net.khttpd.client.Client;
import net.khttpd.client.Ordered;
import net.khttpd.client.State;
import net.khttpd.files.Entry;
import net.khttpd.loop.Engine;
import net.khttpd.loop.Loop;
import net.khttpd.send.Send;
import org.jspecify.annotations.Nullable;

/// Drives a client's connection: sends what is queued, takes the next requests from the input, and
/// so on until something must be waited for; then exactly one receive and one deadline are set. One
/// for each loop; its thread only.
///
/// Not reentrant: a stage that is called from here and ends at once (an exchange refused before it
/// began) leaves going on to the call that is already under way ([Client#driven]).
final class Driving {
  /// Batches that one connection is sent in a turn: a reader as fast as we are would keep the loop.
  private static final int BATCHES = 16;

  private final Loop loop;
  private final Engine engine;
  private final Send send;
  private final Migration migration;
  private final Draining draining;
  private final Closing closing;
  private final Peeking peeking;
  private Terms terms;
  private @Nullable WayOfRequest way;
  private @Nullable Orders orders;

  Driving(
      Loop loop,
      Send send,
      Migration migration,
      Draining draining,
      Closing closing,
      Peeking peeking,
      Terms terms) {
    this.peeking = peeking;
    this.loop = loop;
    this.engine = loop.engine();
    this.send = send;
    this.migration = migration;
    this.draining = draining;
    this.closing = closing;
    this.terms = terms;
  }

  /// The way and what drives along it know each other.
  void way(WayOfRequest theWay, Orders theOrders) {
    way = theWay;
    orders = theOrders;
  }

  /// From now on every answer is the last of its connection.
  void drain() {
    way().drain();
    Objects.requireNonNull(orders).drain();
  }

  WayOfRequest way() {
    return Objects.requireNonNull(way, "the way has not been set");
  }

  /// Deadlines set from now on follow these.
  void apply(Terms next) {
    terms = next;
  }

  /// Takes requests from bytes of the engine's, and keeps the rest; the input is empty.
  void arrived(Client client, MemorySegment bytes, long offset, int length) {
    client.driven = true;
    int used = way().run(client, bytes, offset, length, false, null);
    if (used >= 0 && used < length && client.state != State.CLOSED) {
      client.input.append(bytes, offset + used, length - used);
    }
    client.driven = false;
    go(client);
  }

  /// Takes requests from what lies in the socket, and leaves there what is no whole head; the input
  /// is empty.
  void peeked(Client client, int length) {
    client.driven = true;
    int _ = peeking.run(client, way(), length, null);
    client.driven = false;
    go(client);
  }

  /// Decides the request anew that has awaited a look-up.
  ///
  /// @param entry what the look-up has brought, or null
  void lookedUp(Client client, @Nullable Entry entry) {
    client.state = State.READING;
    if (client.sending) {
      client.state = State.SENDING; // earlier answers first; then the cache will know
      waitForSend(client);
      return;
    }
    client.driven = true;
    closing.guarded(client, () -> take(client, entry));
    client.driven = false;
    go(client);
  }

  /// From wherever the connection is.
  void go(Client client) {
    if (client.driven) {
      return;
    }
    client.driven = true;
    try {
      drive(client);
    } catch (RuntimeException | Error fault) {
      closing.close(client, true);
      throw fault;
    }
    client.driven = false;
    switch (client.state) {
      case READING -> waitForHead(client);
      case LOOKING_UP -> waitForLookUp(client);
      case SENDING -> {
        waitForSend(client);
        migration.offer(client);
      }
      case ANNOUNCED, PASSED_ON, LINGERING, LEAVING, CLOSED -> {}
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
          closing.broken(client, 0);
          return;
        }
        case DONE -> {}
      }
      if (client.lastAnswer) {
        closing.finish(client);
        return;
      }
      client.state = State.READING;
      if (owes(client)) {
        boolean _ = answerOwed(client, null);
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

  /// It is its turn to send; else something else has become of it in the meantime.
  void resumed(Client client) {
    if (client.state == State.SENDING) {
      go(client);
    }
  }

  /// Takes requests from the client's own input; false if there was no whole one.
  private boolean take(Client client, @Nullable Entry entry) {
    if (owes(client)) {
      return answerOwed(client, entry); // it was its page or file that was looked up
    }
    if (client.input.isEmpty()) {
      return takePeeked(client, entry);
    }
    int length = client.input.length();
    int used = way().run(client, client.input.bytes(), client.input.start(), length, true, entry);
    if (used == WayOfRequest.PASSED_ON) {
      return true;
    }
    client.input.consume(used);
    return used > 0 || Send.holds(client);
  }

  /// The request that was looked up lies in the socket still.
  private boolean takePeeked(Client client, @Nullable Entry entry) {
    client.seen = 0;
    int length = peeking.look(client, false);
    int used = length > 0 ? peeking.run(client, way(), length, entry) : 0;
    return used == WayOfRequest.PASSED_ON || used > 0 || Send.holds(client);
  }

  /// Whether an answer to an earlier request comes before the next is taken.
  private static boolean owes(Client client) {
    return client.refusal != 0 || client.ordered != null;
  }

  private boolean answerOwed(Client client, @Nullable Entry entry) {
    Ordered ordered = client.ordered;
    return ordered == null
        ? way().refuse(client, entry)
        : Objects.requireNonNull(orders).answer(client, ordered, entry);
  }

  private void waitForSend(Client client) {
    terms.progress().begin(client);
    loop.schedule(client, terms.timeouts().send());
  }

  private void waitForLookUp(Client client) {
    if (Send.holds(client) && send.flush(client) == Send.Flushed.BROKEN) {
      closing.broken(client, 0);
    } else {
      loop.schedule(client, terms.timeouts().lookUp());
    }
  }

  /// Nothing is under way: wait for the next head, or the rest of one.
  private void waitForHead(Client client) {
    if (client.inputEnded) {
      closing.close(client, false);
      return;
    }
    if (way().headBegun(client)) {
      if (!client.headBegun) {
        client.headBegun = true;
        loop.schedule(client, terms.timeouts().head());
      }
    } else if (draining.begun()) {
      loop.schedule(client, terms.timeouts().lastRequest()); // the last answer did not say so
    } else if (client.requests > 0) {
      loop.schedule(client, terms.timeouts().idle());
    }
    rest(client);
  }

  /// Nothing is under way but a receive; if the loop retires, this is the moment to move.
  void rest(Client client) {
    if (migration.offer(client) || client.awaitsInput()) {
      return;
    }
    if (peeking.on() && client.input.isEmpty()) {
      if (!client.receiving() || engine.stopReceiving(client)) {
        peeking.await(client);
      }
    } else if (!client.receiving()) {
      engine.receive(client);
    }
  }
}
