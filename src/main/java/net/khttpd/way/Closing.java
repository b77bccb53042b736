package net.khttpd.way;

import net.khttpd.client.Client;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.client.Exchange;
import net.khttpd.client.State;
import net.khttpd.kernel.Sockets;
import net.khttpd.loop.Engine;
import net.khttpd.loop.Loop;

/// How a client's connection ends: by a close, by a reset, or after lingering.
///
/// Unread input would turn our close into a reset that may overtake the last answer: then our side
/// is ended first, and what comes for a moment is thrown away (RFC 9112 §9.6).
///
/// One for each loop; its thread only.
final class Closing {
  private static final long LONGEST_NANOS = 2_000_000_000L;
  private static final int MOST_BYTES = 256 * 1024;

  private final Loop loop;
  private final Engine engine;
  private final Sockets sockets;
  private final Counters counters;

  Closing(Loop loop, Sockets sockets, Counters counters) {
    this.sockets = sockets;
    this.loop = loop;
    this.engine = loop.engine();
    this.counters = counters;
  }

  /// Closes; what has not been sent yet is sent first by the kernel, unless it is a `reset`.
  void close(Client client, boolean reset) {
    if (client.state != State.CLOSED) {
      client.state = State.CLOSED;
      loop.cancel(client);
      if (client.shared) {
        endForAll(client, reset);
      }
      engine.close(client, reset);
    }
  }

  /// An offer of the socket may lie in the queue of a receiver that never comes to it.
  private void endForAll(Client client, boolean reset) {
    if (reset) {
      sockets.disconnect(client.descriptor());
    } else {
      sockets.shutdown(client.descriptor(), Sockets.SHUT_RDWR);
    }
  }

  /// The client is gone (`-errno`), or must be cut off (0).
  void broken(Client client, long result) {
    Exchange exchange = client.exchange;
    if (client.state == State.PASSED_ON && exchange != null) {
      exchange.clientEnded((int) Math.min(result, -1)); // and counts it
    } else if (result < 0) {
      counters.increment(Counter.RESETS);
    }
    close(client, true);
  }

  /// A fault of ours must not leave the connection standing for ever, with nothing waited for.
  void guarded(Client client, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error fault) {
      close(client, true);
      throw fault;
    }
  }

  /// The last answer is out.
  void finish(Client client) {
    if (client.linger && !client.inputEnded) {
      linger(client);
    } else {
      close(client, false);
    }
  }

  private void linger(Client client) {
    client.state = State.LINGERING;
    client.input.release();
    client.lingered = 0;
    engine.shutdownSending(client);
    loop.schedule(client, LONGEST_NANOS);
    if (client.awaitsInput() && !engine.stopReceiving(client)) {
      return; // then it is received
    }
    if (!client.receiving()) {
      engine.receive(client);
    }
  }

  /// `length` bytes more have come while lingering, and are thrown away.
  void arrived(Client client, int length) {
    client.lingered += length;
    if (client.lingered > MOST_BYTES) {
      close(client, false);
    }
  }
}
