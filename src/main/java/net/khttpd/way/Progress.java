package net.khttpd.way;

import net.khttpd.client.Client;
import net.khttpd.kernel.Sockets;

/// Tells a slow reader from one that takes nothing: by the bytes that its kernel has acknowledged,
/// which is true whatever way the bytes were sent. Asked only when a deadline has passed. Used by
/// the loop's thread.
final class Progress {
  private final Sockets sockets;
  private final long least;

  /// @param leastRate bytes a second that count as progress; 0: any byte does
  /// @param sendMillis the deadline without progress
  Progress(Sockets sockets, int leastRate, long sendMillis) {
    this.sockets = sockets;
    this.least = Math.max(1, leastRate * sendMillis / 1000);
  }

  /// Remembers where the client stands; asks the kernel only once a deadline has passed, so that
  /// setting one costs nothing.
  void begin(Client client) {
    client.acknowledged = -1;
  }

  /// Whether the client has taken enough since the last deadline. The first deadline of a send has
  /// nothing to compare with and always grants a second one.
  boolean made(Client client) {
    long now = sockets.bytesAcknowledged(client.descriptor());
    long before = client.acknowledged;
    client.acknowledged = now;
    return now >= 0 && (before < 0 || now - before >= least);
  }
}
