package net.khttpd.client;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import net.khttpd.http.Status;

/// One loop's counters: written by the loop with plain adds, read by anybody at any time. A value
/// read may be a turn old, never torn, and nobody waits.
public final class Counters {
  private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final Counter[] ALL = Counter.values();
  private static final int[] AT = new int[ALL.length];
  private static final int LENGTH;

  static {
    int at = 0;
    for (Counter counter : ALL) {
      AT[counter.ordinal()] = at;
      at += counter.by().parts();
    }
    LENGTH = at;
  }

  private final long[] values = new long[LENGTH];
  private final Latencies served = new Latencies();
  private final Latencies passedOn = new Latencies();

  public void add(Counter counter, long by) {
    addAt(AT[counter.ordinal()], by);
  }

  public void increment(Counter counter) {
    add(counter, 1);
  }

  /// Counts one of the parts that [Counter#by] tells apart.
  public void increment(Counter counter, int part) {
    addAt(AT[counter.ordinal()] + part, 1);
  }

  /// Counts an error answer of ours.
  public void refused(Status status) {
    increment(Counter.REFUSED, status.ordinal());
  }

  /// The whole of a counter.
  public long get(Counter counter) {
    long sum = 0;
    for (int part = 0; part < counter.by().parts(); part++) {
      sum += get(counter, part);
    }
    return sum;
  }

  public long get(Counter counter, int part) {
    return (long) LONGS.getOpaque(values, AT[counter.ordinal()] + part);
  }

  /// The times of what was served.
  public Latencies served() {
    return served;
  }

  /// The times of what was passed on.
  public Latencies passedOn() {
    return passedOn;
  }

  /// The times of either.
  public Latencies of(Latency latency) {
    return switch (latency) {
      case SERVED -> served;
      case PASSED_ON -> passedOn;
    };
  }

  /// Adds all of another's, whose loop has ended; a gauge falls to nothing with its loop.
  public void take(Counters ended) {
    for (Counter counter : ALL) {
      for (int part = 0; part < counter.by().parts(); part++) {
        if (counter.kind() == Counter.Kind.COUNTER) {
          addAt(AT[counter.ordinal()] + part, ended.get(counter, part));
        }
      }
    }
    served.histogram().take(ended.served.histogram());
    passedOn.histogram().take(ended.passedOn.histogram());
  }

  private void addAt(int at, long by) {
    LONGS.setOpaque(values, at, values[at] + by);
  }
}
