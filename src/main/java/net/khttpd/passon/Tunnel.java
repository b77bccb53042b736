package net.khttpd.passon;

import net.khttpd.client.Client;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.http.RequestHead;
import net.khttpd.http.ResponseHead;
import net.khttpd.http.UpgradeField;
import org.jspecify.annotations.Nullable;

/// What a [Relay] becomes when the backend switches protocols (101, RFC 9110 §7.8): both flows go
/// on, with bytes that mean nothing to us.
///
/// 1. [#ask] for a request: which protocols it asks for. Until a 101 grants one, what follows the
///    head is the next request.
/// 2. [#begin] with the 101.
/// 3. [#clientEnded] and [#backendEnded], in any order: the end of one side is passed to the other,
///    whose own direction goes on. After both, the exchange is over.
/// 4. [#end], however it came about.
///
/// Bounds: a direction holds what [RequestFlow] and [ResponseFlow] hold of a body; a tunnel in
/// which nothing moves for `timeout_tunnel` ends. Used by one loop's thread.
final class Tunnel implements Download.Terms {
  private final Relay relay;
  private final PassOn passOn;
  private final RequestFlow request;
  private final Counters counters;
  private byte @Nullable [] asked;
  private boolean open;
  private boolean clientEnded;
  private boolean backendEnded;
  private boolean backendGone;

  Tunnel(Relay relay, PassOn passOn, RequestFlow request) {
    this.relay = relay;
    this.passOn = passOn;
    this.request = request;
    this.counters = passOn.counters();
  }

  void ask(RequestHead head) {
    asked = UpgradeField.asked(head);
  }

  /// The protocols to ask the backend for; null if there are none.
  byte @Nullable [] asked() {
    return asked;
  }

  @Override
  public boolean keepAlive() {
    return relay.keepAlive();
  }

  /// Only what was asked for, and not in the middle of a request.
  @Override
  public boolean switchesTo(ResponseHead head) {
    byte[] protocols = asked;
    return protocols != null && request.done() && UpgradeField.grants(head, protocols);
  }

  boolean isOpen() {
    return open;
  }

  /// The client is about to be sent the 101.
  void begin() {
    BackendConnection connection = relay.connection();
    if (connection == null) {
      return;
    }
    open = true;
    clientEnded = false;
    backendEnded = false;
    backendGone = false;
    connection.tunnelled();
    counters.increment(Counter.TUNNELS);
    counters.increment(Counter.TUNNELS_NOW);
    counters.passedOn().outThisTurn(relay.client().begunNanos, 1);
    passOn.pool().uncount(connection);
    request.tunnel(connection);
  }

  /// The backend has all that the client sent before its end.
  void clientEnded(BackendConnection connection) {
    passOn.engine().shutdownSending(connection);
    clientEnded = true;
    endIfDone();
  }

  /// The client has all that the backend sent before its end.
  void backendEnded(Client client) {
    passOn.engine().shutdownSending(client);
    backendEnded = true;
    endIfDone();
  }

  /// The backend takes no more, so the client is not asked any more. What the backend still has to
  /// say comes, and ends the tunnel; if it has ended, nothing does.
  void backendGone() {
    backendGone = true;
    if (backendEnded) {
      relay.abort();
    }
  }

  private void endIfDone() {
    if ((clientEnded || backendGone) && backendEnded) {
      relay.responseSent();
    }
  }

  /// Nothing has moved for too long.
  void expired(Client client, BackendConnection connection) {
    counters.increment(Counter.TIMEOUTS);
    if (client.sending || connection.sending) {
      relay.abort();
    } else {
      relay.responseSent();
    }
  }

  void end() {
    if (open) {
      open = false;
      counters.add(Counter.TUNNELS_NOW, -1);
    }
  }
}
