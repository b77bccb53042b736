package net.khttpd.passon;

import java.util.Objects;
import net.khttpd.client.Client;
import net.khttpd.client.Connections;
import net.khttpd.http.FileOrder;
import org.jspecify.annotations.Nullable;

/// How an exchange ends. Decided once; only a client that is gone, or that must be cut off, still
/// changes it. Belongs to one [Relay].
final class Ending {
  private enum Outcome {
    UNDECIDED,
    /// The client has all of a response.
    ANSWERED,
    /// The client gets a file that the backend has ordered.
    ORDERED,
    /// The client gets an error answer of ours.
    REFUSED,
    /// The client gets a reset: it is gone, or has a part of a response.
    ABORTED
  }

  private Outcome outcome = Outcome.UNDECIDED;
  private int status;
  private @Nullable FileOrder order;

  void begin() {
    outcome = Outcome.UNDECIDED;
    status = 0;
    order = null;
  }

  void answer() {
    if (outcome == Outcome.UNDECIDED) {
      outcome = Outcome.ANSWERED;
    }
  }

  void order(FileOrder with) {
    if (outcome == Outcome.UNDECIDED) {
      outcome = Outcome.ORDERED;
      order = with;
    }
  }

  /// @param begun whether the client has a part of a response
  void refuse(int with, boolean begun) {
    if (begun) {
      abort();
    } else if (outcome == Outcome.UNDECIDED) {
      outcome = Outcome.REFUSED;
      status = with;
    }
  }

  void abort() {
    outcome = Outcome.ABORTED;
  }

  /// Whether it ends without regard to what is in flight.
  boolean atOnce() {
    return outcome == Outcome.ABORTED;
  }

  /// Status of our own answer, else that of the response.
  int status(int ofResponse) {
    return outcome == Outcome.REFUSED ? status : ofResponse;
  }

  /// @param bodyDone whether the client has brought all of its body: else it cannot ask again
  /// @param wanted whether the client wants to
  /// @param promised whether the response said that it may
  void tell(
      Connections connections, Client client, boolean bodyDone, boolean wanted, boolean promised) {
    switch (outcome) {
      case ANSWERED -> connections.exchangeOver(client, bodyDone && promised);
      case ORDERED ->
          connections.exchangeOrdered(client, Objects.requireNonNull(order), bodyDone && wanted);
      case REFUSED -> connections.exchangeRefused(client, status, !bodyDone || !wanted);
      case ABORTED -> connections.abort(client);
      case UNDECIDED -> throw new AssertionError("the exchange has not ended");
    }
  }
}
