package net.khttpd.way;

import java.util.ArrayDeque;
import net.khttpd.client.Client;
import net.khttpd.http.RequestParser;

/// The parsers of one loop: one for all heads that come whole, and one for each connection whose
/// head is incomplete. Used by that loop's thread.
final class Parsers {
  private static final int MAX_SPARE = 64;

  private final ArrayDeque<RequestParser> spares = new ArrayDeque<>();
  private HeadLimits limits;
  private RequestParser own;
  private boolean ownIsOutdated;

  Parsers(HeadLimits limits) {
    this.limits = limits;
    this.own = limits.newParser();
  }

  /// From the next head on, these limits hold; heads that have begun keep the parser they have.
  void apply(HeadLimits next) {
    if (!next.equals(limits)) {
      limits = next;
      spares.clear();
      own = next.newParser();
      ownIsOutdated = false;
    }
  }

  /// The parser that reads on for this client.
  RequestParser of(Client client) {
    RequestParser parked = client.parser;
    if (parked != null) {
      return parked;
    }
    if (ownIsOutdated) {
      ownIsOutdated = false;
      own = limits.newParser();
    }
    own.reset();
    return own;
  }

  /// Keeps the state of an incomplete head with its connection.
  void park(Client client, RequestParser parser) {
    if (client.parser == null) {
      client.parser = parser;
      RequestParser next = spares.poll();
      own = next == null ? limits.newParser() : next;
    }
  }

  /// The head is complete, and about to be used.
  void unpark(Client client, RequestParser parser) {
    if (client.parser != null) {
      client.parser = null;
      spare(own);
      own = parser;
      ownIsOutdated = !limits.made(parser);
    }
  }

  /// The connection is gone: its parser serves another.
  void forget(Client client) {
    RequestParser parked = client.parser;
    if (parked != null) {
      client.parser = null;
      spare(parked);
    }
  }

  private void spare(RequestParser parser) {
    if (spares.size() < MAX_SPARE && limits.made(parser)) {
      spares.push(parser);
    }
  }
}
