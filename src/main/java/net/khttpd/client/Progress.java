package net.khttpd.client;

import net.khttpd.kernel.Sockets;

/// Tells a slow reader from one that takes nothing: by the bytes that its kernel has acknowledged,
/// which is true whatever way the bytes were sent. Asked only when a deadline has passed. Used by
/// the loop's thread.
public final class Progress {
  private final Sockets sockets;
  private final long least;

  /// @param least bytes from one deadline to the next that count as progress
  public Progress(Sockets sockets, long least) {
    this.sockets = sockets;
    this.least = least;
  }

  /// Bytes that count as progress within a deadline.
  ///
  /// @param perSecond 0: any byte does
  public static long leastBytes(long perSecond, long deadlineMillis) {
    return Math.max(1, perSecond * deadlineMillis / 1000);
  }

  /// Remembers where the client stands; asks the kernel only once a deadline has passed, so that
  /// setting one costs nothing.
  public void begin(Client client) {
    client.acknowledged = -1;
  }

  /// Whether the client has taken enough since the last deadline. The first deadline of a send has
  /// nothing to compare with and always grants a second one.
  public boolean made(Client client) {
    long now = sockets.bytesAcknowledged(client.descriptor());
    long before = client.acknowledged;
    client.acknowledged = now;
    return now >= 0 && (before < 0 || now - before >= least);
  }
}
