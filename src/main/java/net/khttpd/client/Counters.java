package net.khttpd.client;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// One loop's counters: written by the loop with plain adds, read by anybody (a value may be a turn
/// old, never torn).
public final class Counters {
  private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final int COUNT = Counter.values().length;

  private final long[] values = new long[COUNT];

  public void add(Counter counter, long by) {
    int at = counter.ordinal();
    LONGS.setOpaque(values, at, values[at] + by);
  }

  public void increment(Counter counter) {
    add(counter, 1);
  }

  public long get(Counter counter) {
    return (long) LONGS.getOpaque(values, counter.ordinal());
  }
}
