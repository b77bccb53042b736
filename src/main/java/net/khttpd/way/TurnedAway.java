package net.khttpd.way;

import net.khttpd.client.Client;
import net.khttpd.client.Counters;
import net.khttpd.client.State;
import net.khttpd.http.Status;
import net.khttpd.refuse.ErrorAnswer;
import net.khttpd.send.HeadTemplate.Persistence;
import net.khttpd.send.Send;

/// Connections beyond the limits: a 503 each, for a bounded number at a time. Used by the loop's
/// thread.
final class TurnedAway {
  /// Answered and awaited at a time.
  private static final int MOST = 128;

  private final Send send;
  private final Counters counters;
  private int now;

  TurnedAway(Send send, Counters counters) {
    this.send = send;
    this.counters = counters;
  }

  /// Queues the answer; false: it is a flood, and no more courtesy is due than a reset.
  boolean answer(Client client) {
    ErrorAnswer busy = ErrorAnswer.of(Status.SERVICE_UNAVAILABLE);
    send.answer(client, busy.head(), busy.body(), Persistence.CLOSES);
    counters.refused(Status.SERVICE_UNAVAILABLE);
    client.lastAnswer = true;
    client.linger = true;
    client.state = State.SENDING;
    return ++now <= MOST;
  }

  void gone() {
    now--;
  }
}
