package net.khttpd.way;

import java.lang.foreign.MemorySegment;
import net.khttpd.accept.Accept;
import net.khttpd.client.Client;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.client.State;
import net.khttpd.http.ProxyHeader;
import net.khttpd.log.EventLog;
import net.khttpd.loop.Loop;
import org.jspecify.annotations.Nullable;

/// The connections that a balancer passes to us (accept_proxy), until it has told by a PROXY header
/// whose they are; from then on that client is the peer for everybody. Whatever else comes instead
/// is closed without a word, as the protocol demands.
///
/// One for each loop; its thread only. What it keeps of a header is bounded by
/// [ProxyHeader#LONGEST], and how long it waits by timeout_head.
final class Announcements {
  private final Loop loop;
  private final Driving driving;
  private final Closing closing;
  private final Peeking peeking;
  private final Counters counters;
  private final EventLog log;
  private final ProxyHeader header = new ProxyHeader();
  private @Nullable Accept accept;

  Announcements(
      Loop loop,
      Driving driving,
      Closing closing,
      Peeking peeking,
      Counters counters,
      EventLog log) {
    this.loop = loop;
    this.driving = driving;
    this.closing = closing;
    this.peeking = peeking;
    this.counters = counters;
    this.log = log;
  }

  void accept(Accept theAccept) {
    accept = theAccept;
  }

  /// Bytes of an ANNOUNCED client have come, valid during the call.
  ///
  /// @param nextNanos that its first request may take from now on
  void arrived(Client client, MemorySegment bytes, long offset, int length, long nextNanos) {
    if (client.input.isEmpty()) {
      int used = header.parse(bytes, offset, length);
      if (used == ProxyHeader.INCOMPLETE) {
        wait(client, bytes, offset, length);
      } else if (used == ProxyHeader.MALFORMED) {
        refuse(client);
      } else if (take(client, nextNanos) && used < length) {
        driving.arrived(client, bytes, offset + used, length - used);
      } else {
        driving.go(client);
      }
    } else if (client.input.append(bytes, offset, length)) {
      again(client, nextNanos);
    } else {
      refuse(client);
    }
  }

  /// So many bytes of an ANNOUNCED client lie in its socket: the header alone is taken from there.
  ///
  /// @param nextNanos as above
  void peeked(Client client, int length, long nextNanos) {
    int used = peeking.parse(header, length);
    if (used == ProxyHeader.INCOMPLETE) {
      client.seen = length;
      peeking.await(client);
    } else if (used == ProxyHeader.MALFORMED) {
      peeking.take(client, length); // unread, it would turn our close into a reset
      refuse(client);
    } else {
      peeking.take(client, used);
      client.seen = 0;
      client.looked &= used == length;
      boolean _ = take(client, nextNanos);
      driving.go(client);
    }
  }

  /// The header came in pieces.
  private void again(Client client, long nextNanos) {
    int used = header.parse(client.input.bytes(), client.input.start(), client.input.length());
    if (used == ProxyHeader.INCOMPLETE) {
      receive(client);
    } else if (used == ProxyHeader.MALFORMED) {
      refuse(client);
    } else {
      client.input.consume(used);
      boolean _ = take(client, nextNanos);
      driving.go(client);
    }
  }

  private void wait(Client client, MemorySegment bytes, long offset, int length) {
    client.input.append(bytes, offset, length);
    receive(client);
  }

  private void receive(Client client) {
    if (!client.receiving()) {
      loop.engine().receive(client);
    }
  }

  /// False: the client has as many connections as it may; the 503 is on its way.
  private boolean take(Client client, long nextNanos) {
    if (header.tells()) {
      ProxyHeader.Address from = header.source();
      client.peer(from.high(), from.low(), from.port());
      client.destination = header.destination();
    }
    client.state = State.READING;
    loop.schedule(client, nextNanos);
    boolean admitted = theAccept().admit(client);
    if (!admitted) {
      counters.increment(Counter.REFUSED_CONNECTIONS);
      client.refusal = 503;
      client.refusalCloses = true;
    }
    return admitted;
  }

  /// The header did not come in time.
  ///
  /// @param draining then whoever has said nothing had little time to
  void late(Client client, boolean draining) {
    counters.increment(Counter.TIMEOUTS);
    if (draining) {
      ended(client);
    } else {
      refuse(client);
    }
  }

  /// The peer has ended its side; one that has said nothing only wanted to know if we are there.
  void ended(Client client) {
    if (client.input.isEmpty() && client.seen == 0) {
      closing.close(client, false);
    } else {
      refuse(client);
    }
  }

  private void refuse(Client client) {
    counters.increment(Counter.PROXY_FAILURES);
    log.event(
        "accept_proxy",
        "accept_proxy: a connection from "
            + theAccept().peer(client)
            + " did not begin with a PROXY header and was closed; only the balancer may reach this"
            + " port, and has to send one");
    closing.close(client, false);
  }

  private Accept theAccept() {
    return java.util.Objects.requireNonNull(accept, "the accept stage has not been set");
  }
}
