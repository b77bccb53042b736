package net.khttpd.client;

import java.util.Arrays;

/// How long the requests of one loop took that went one way. Used by the loop's thread but for the
/// histogram, which anybody reads.
///
/// What is out within a turn is kept until the turn's end, when the clock is read once more for all
/// of it; as most of it was also taken in this turn, that is an entry or two.
public final class Latencies {
  private final Histogram histogram = new Histogram();
  private long[] begunNanos = new long[16];
  private int[] answers = new int[16];
  private int waiting;

  /// So many answers that began then are out; this turn's end is when.
  public void outThisTurn(long begun, int count) {
    if (waiting > 0 && begunNanos[waiting - 1] == begun) {
      answers[waiting - 1] += count;
      return;
    }
    if (waiting == answers.length) { // bounded by the connections that end an answer in one turn
      begunNanos = Arrays.copyOf(begunNanos, 2 * waiting);
      answers = Arrays.copyOf(answers, 2 * waiting);
    }
    begunNanos[waiting] = begun;
    answers[waiting++] = count;
  }

  /// So many answers that began then were out by `now`.
  public void out(long begun, int count, long now) {
    histogram.record(now - begun, count);
  }

  /// Whether anything waits for the turn's end.
  public boolean waiting() {
    return waiting > 0;
  }

  /// The turn is over.
  public void turnEnded(long now) {
    for (int i = 0; i < waiting; i++) {
      histogram.record(now - begunNanos[i], answers[i]);
    }
    waiting = 0;
  }

  public Histogram histogram() {
    return histogram;
  }
}
