package net.khttpd.loop;

import org.jspecify.annotations.Nullable;

/// Deadlines of one loop: a hashed wheel of 1,024 buckets of 67 ms.
///
/// Postponing a deadline, which every request does, is a plain store: the entry stays in its old
/// bucket and is moved when that bucket comes up. A deadline is noticed at most one bucket late.
final class TimerWheel {
  private static final int TICK_SHIFT = 26;
  private static final int BUCKETS = 1024;
  private static final int MASK = BUCKETS - 1;
  private static final int DUE = BUCKETS;

  private final @Nullable Timed[] buckets = new @Nullable Timed[BUCKETS + 1];
  private final long[] occupied = new long[BUCKETS / Long.SIZE];
  private final long origin;
  private long tick;

  TimerWheel(long nowNanos) {
    this.origin = nowNanos;
  }

  void schedule(Timed timed, long deadlineNanos) {
    timed.deadlineNanos = deadlineNanos;
    long due = Math.max(dueTick(deadlineNanos), tick + 1);
    if (timed.bucket >= 0 && timed.bucket != DUE) {
      long current = tick + 1 + ((timed.bucket - tick - 1) & MASK);
      if (current <= due) {
        return;
      }
    }
    if (timed.bucket >= 0) {
      unlink(timed);
    }
    link(timed, due);
  }

  void cancel(Timed timed) {
    timed.deadlineNanos = Timed.NEVER;
    if (timed.bucket >= 0) {
      unlink(timed);
    }
  }

  /// Nanoseconds until the next bucket that holds something, -1 if all are empty.
  long nanosToNext(long nowNanos) {
    for (int ahead = 1; ahead <= BUCKETS; ) {
      int bucket = (int) ((tick + ahead) & MASK);
      long word = occupied[bucket >> 6] >>> (bucket & 63);
      if (word != 0) {
        long at = tick + ahead + Long.numberOfTrailingZeros(word);
        return Math.max(0, ((at + 1) << TICK_SHIFT) - (nowNanos - origin));
      }
      ahead += Long.SIZE - (bucket & 63);
    }
    return -1;
  }

  /// Expires what is due.
  void advance(long nowNanos) {
    long now = (nowNanos - origin) >> TICK_SHIFT;
    tick = Math.max(tick, now - 1 - BUCKETS); // one round visits every bucket
    settleDue(nowNanos); // what an exception left over
    while (tick < now - 1) {
      tick++;
      int bucket = (int) (tick & MASK);
      if ((occupied[bucket >> 6] & (1L << bucket)) != 0) {
        empty(bucket, nowNanos);
      }
    }
  }

  /// Moves the bucket's list aside first: whoever expires may schedule and cancel others.
  private void empty(int bucket, long nowNanos) {
    for (Timed each = buckets[bucket]; each != null; each = each.next) {
      each.bucket = DUE;
    }
    buckets[DUE] = buckets[bucket];
    buckets[bucket] = null;
    occupied[bucket >> 6] &= ~(1L << bucket);
    settleDue(nowNanos);
  }

  private void settleDue(long nowNanos) {
    for (Timed due = buckets[DUE]; due != null; due = buckets[DUE]) {
      unlink(due);
      settle(due, nowNanos);
    }
  }

  private void settle(Timed timed, long nowNanos) {
    long deadline = timed.deadlineNanos;
    if (deadline == Timed.NEVER) {
      return;
    }
    if (deadline - nowNanos <= 0) {
      timed.deadlineNanos = Timed.NEVER;
      timed.expired();
    } else {
      link(timed, Math.max(dueTick(deadline), tick + 1));
    }
  }

  /// The bucket at whose end the deadline has surely passed; far deadlines wait in the last one.
  private long dueTick(long deadlineNanos) {
    long due = (deadlineNanos - origin) >> TICK_SHIFT;
    return Math.min(due, tick + BUCKETS);
  }

  private void link(Timed timed, long due) {
    int bucket = (int) (due & MASK);
    Timed first = buckets[bucket];
    timed.bucket = bucket;
    timed.next = first;
    timed.previous = null;
    if (first != null) {
      first.previous = timed;
    }
    buckets[bucket] = timed;
    occupied[bucket >> 6] |= 1L << bucket;
  }

  private void unlink(Timed timed) {
    Timed before = timed.previous;
    Timed after = timed.next;
    if (before != null) {
      before.next = after;
    } else {
      buckets[timed.bucket] = after;
      if (after == null && timed.bucket != DUE) {
        occupied[timed.bucket >> 6] &= ~(1L << timed.bucket);
      }
    }
    if (after != null) {
      after.previous = before;
    }
    timed.bucket = -1;
    timed.previous = null;
    timed.next = null;
  }
}
