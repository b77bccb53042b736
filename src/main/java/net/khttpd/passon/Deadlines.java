package net.khttpd.passon;

import net.khttpd.client.Client;
import net.khttpd.client.Counter;
import net.khttpd.client.Progress;

/// What it means when a deadline of an exchange has passed: whose turn it was decides whose fault
/// it is, and who has done enough is granted another. Belongs to one [Relay].
final class Deadlines {
  private final Relay relay;
  private final PassOn passOn;
  private final Limits limits;
  private final RequestFlow request;
  private final Progress progress;

  Deadlines(Relay relay, PassOn passOn, RequestFlow request) {
    this.relay = relay;
    this.passOn = passOn;
    this.limits = passOn.limits();
    this.request = request;
    progress = new Progress(passOn.sockets(), limits.leastSend());
  }

  /// The backend has been silent: its fault only if it was its turn.
  void ofBackend(BackendConnection connection) {
    if (relay.tunnel().isOpen()) {
      relay.tunnel().expired(relay.client(), connection);
      return;
    }
    boolean clientsTurn = !request.done() && !request.broken() && !relay.awaitsInvitation();
    if (connection.sending || (connection.receiving() && !clientsTurn)) {
      passOn.counters().increment(Counter.BACKEND_FAILURES);
      relay.refuse(504);
    } else {
      relay.touchBackend();
    }
  }

  /// The client's deadline, which a tunnel has not.
  ///
  /// @param ending the outcome is decided
  void ofClient(Client client, boolean ending) {
    boolean tunnel = relay.tunnel().isOpen();
    if (ending || (client.sending && !tunnel)) {
      ofSend(client);
    } else if (!tunnel) {
      ofUpload(client);
    }
  }

  /// The client has not taken what is being sent to it; perhaps some of it.
  private void ofSend(Client client) {
    if (progress.made(client)) {
      passOn.schedule(client, limits.sendNanos());
    } else {
      passOn.counters().increment(Counter.TIMEOUTS);
      relay.abort();
    }
  }

  /// The client has not brought its body; perhaps some of it.
  private void ofUpload(Client client) {
    if (request.tooSlow()) {
      passOn.counters().increment(Counter.TIMEOUTS);
      relay.refuse(408);
    } else if (request.pulling()) {
      passOn.schedule(client, request.uploadNanosLeft());
    }
  }
}
