package net.khttpd.way;

import java.util.Objects;
import net.khttpd.client.Client;
import net.khttpd.client.Connections;
import net.khttpd.client.Exchange;
import net.khttpd.client.Ordered;
import net.khttpd.client.RequestId;
import net.khttpd.client.State;
import net.khttpd.http.FileOrder;
import net.khttpd.loop.Engine;
import net.khttpd.loop.Loop;
import net.khttpd.send.Send;

/// The clients whose requests are with a backend: how they get there, what their exchanges ask of
/// their connections, and how they come back onto the way. One for each loop; its thread only.
final class Exchanges implements Connections {
  /// Unread input beyond which we stop reading while a request is under way.
  static final int UNREAD_BYTES = 16 * 1024;

  private final Driving driving;
  private final Loop loop;
  private final Engine engine;
  private final Send send;
  private final Closing closing;
  private Terms terms;

  Exchanges(Driving driving, Loop loop, Send send, Closing closing, Terms terms) {
    this.driving = driving;
    this.loop = loop;
    this.engine = loop.engine();
    this.send = send;
    this.closing = closing;
    this.terms = terms;
  }

  /// From now on these hold.
  void apply(Terms next) {
    terms = next;
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

  /// Begins an exchange in the place of an offer that nobody took. It may be over at once: what
  /// follows it is taken only when all is done that belongs to its beginning.
  void begin(Client client, Runnable relay) {
    boolean within = client.driven;
    client.driven = true;
    closing.guarded(client, relay);
    client.driven = within;
    driving.go(client);
  }

  /// The socket of a request is about to be offered: earlier answers leave, and nothing is
  /// received.
  void offered(Client client) {
    if (!client.receivingIntoInput) {
      client.input.trim();
    }
    Exchange exchange = client.exchange;
    if (Send.holds(client)) {
      boolean _ = sendEarlier(client);
    } else if (exchange != null) {
      exchange.clientSent(0);
    }
  }

  /// Sends the answers before a pass-on; an exchange that has ended already waits to be told.
  /// False: the client is gone.
  private boolean sendEarlier(Client client) {
    switch (send.flush(client)) {
      case BROKEN -> {
        closing.broken(client, 0);
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

  // Connections

  @Override
  public void exchangeOver(Client client, boolean keepAlive) {
    end(client);
    client.lastAnswer |= !keepAlive; // while draining, only if the client has been told
    client.linger |= !keepAlive && !client.inputEnded;
    client.state = State.READING;
    driving.go(client);
  }

  @Override
  public void exchangeRefused(Client client, int status, boolean close) {
    Exchange exchange = client.exchange;
    RequestLog.relayed(terms.log(), client, status, 0, exchange);
    client.requestId = exchange == null ? null : exchange.requestId().copy();
    client.exchange = null;
    client.asked = null;
    client.state = State.READING;
    client.refusal = status;
    client.refusalCloses = close;
    client.refusalWithoutBody = exchange != null && exchange.isHead();
    driving.go(client);
  }

  @Override
  public void exchangeOrdered(Client client, FileOrder order, boolean keepAlive) {
    Exchange exchange = client.exchange;
    byte[] backend = exchange == null ? Exchange.NO_BACKEND : exchange.backend();
    byte[] id = (exchange == null ? RequestId.NONE : exchange.requestId()).copy();
    client.exchange = null;
    client.state = State.READING;
    client.ordered =
        new Ordered(order, Objects.requireNonNull(client.asked), keepAlive, backend, id);
    driving.go(client);
  }

  @Override
  public void abort(Client client) {
    end(client);
    closing.close(client, true);
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

  private void end(Client client) {
    Exchange exchange = client.exchange;
    if (exchange != null) {
      RequestLog.relayed(terms.log(), client, exchange.status(), exchange.bytesSent(), exchange);
      client.exchange = null;
      client.asked = null;
    }
  }
}
