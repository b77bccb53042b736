package net.khttpd.way;

import net.khttpd.client.Client;
import net.khttpd.client.State;
import net.khttpd.loop.Loop;

/// The end of a loop's connections when the server ends: those that have nothing under way close
/// soon, the others after their answer. That the last one has gone is told once: another loop's
/// connections must not be cut because this one drained twice.
///
/// Used by the loop's thread.
final class Draining {
  private final Loop loop;
  private final Roster roster;
  private final Runnable drained;
  private boolean begun;
  private boolean acceptStopped;
  private boolean told;

  /// @param drained called when the last connection has gone and none will come any more
  Draining(Loop loop, Roster roster, Runnable drained) {
    this.loop = loop;
    this.roster = roster;
    this.drained = drained;
  }

  boolean begun() {
    return begun;
  }

  /// @param lastRequestNanos how long a request that is on its way to us is waited for
  void begin(long lastRequestNanos) {
    begun = true;
    roster.forEach(client -> {
      if (isIdle(client)) { // a request that has come is answered first
        loop.nextTurn(() -> closeIfIdle(client, lastRequestNanos));
      }
    });
    tell();
  }

  /// No connection will come any more.
  void acceptStopped() {
    acceptStopped = true;
    tell();
  }

  /// A connection may have been the last.
  void tell() {
    if (begun && acceptStopped && !told && roster.size() == 0) {
      told = true;
      drained.run();
    }
  }

  /// A request may be on its way: it is answered, and told that it was the last.
  private void closeIfIdle(Client client, long lastRequestNanos) {
    if (isIdle(client)) {
      loop.schedule(client, lastRequestNanos);
    }
  }

  private static boolean isIdle(Client client) {
    return client.state == State.ANNOUNCED || (client.state == State.READING && !client.headBegun);
  }
}
