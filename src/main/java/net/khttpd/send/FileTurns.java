package net.khttpd.send;

import java.util.ArrayDeque;
import net.khttpd.client.Client;
import net.khttpd.loop.Loop;

/// Shares what one turn of a loop sends of large files among the connections that want to, in the
/// order in which they ask: whatever their number, small answers wait for one turn's bytes only.
/// Used by the loop's thread.
///
/// A client that is told [#LATER] is called ([Client#resumed]) when its turn has come.
final class FileTurns {
  /// Not in this turn.
  static final long LATER = Long.MIN_VALUE + 2; // no result of an engine's

  /// What all files together get in a turn: some 50 µs of sendfile(2). One call of 100 MB would
  /// hold the loop for 20 ms; with 1 MiB for each of eight clients the 99th percentile of small
  /// answers beside them was ten times as high as this (measured: 10 ms, 1.2 ms), and the files
  /// came slower.
  static final long TURN_BYTES = 512 * 1024;

  /// A rest smaller than this is not worth a call.
  private static final long LEAST_BYTES = 64 * 1024;

  private final Loop loop;
  private final ArrayDeque<Client> waiting = new ArrayDeque<>();
  private long turn;
  private long left;
  private boolean calling;

  FileTurns(Loop loop) {
    this.loop = loop;
  }

  /// How many bytes of its file the client may send now, or [#LATER].
  long grant(Client client) {
    if (turn != loop.nanos()) {
      turn = loop.nanos();
      left = TURN_BYTES;
    }
    if (left >= LEAST_BYTES && (calling || waiting.isEmpty())) {
      return left;
    }
    if (waiting.isEmpty() && !calling) {
      loop.nextTurn(this::callWaiting);
    }
    waiting.add(client);
    return LATER;
  }

  void sent(long bytes) {
    left -= bytes;
  }

  /// Those that waited, as far as this turn's bytes reach; the first ones first.
  private void callWaiting() {
    turn = loop.nanos();
    left = TURN_BYTES;
    calling = true;
    try {
      for (int i = waiting.size(); i > 0 && left >= LEAST_BYTES; i--) {
        waiting.remove().resumed();
      }
    } finally {
      calling = false; // a fault of ours must not leave the others waiting for ever
      if (!waiting.isEmpty()) {
        loop.nextTurn(this::callWaiting);
      }
    }
  }
}
