package net.khttpd.files;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import net.khttpd.kernel.FileCalls;

/// Decides when removed things may be freed: when every loop has passed a turn since the removal
/// and nothing of them is in flight.
///
/// Each removal advances an epoch; at each turn a loop writes down the epoch it has seen. A loop
/// that sleeps in the kernel, or that is not there, writes PARKED instead and holds up nothing.
/// Loops never lock, and come and go: a number belongs to one at a time.
final class Reclaimer {
  private static final long PARKED = Long.MAX_VALUE;

  /// One loop's number per 128 bytes, so that loops do not share a cache line.
  private static final int STRIDE = 16;

  private final AtomicLong epoch = new AtomicLong(1);
  private final AtomicLongArray seen;
  private final int loops;
  private final List<Counted> limbo = new ArrayList<>(); // guarded by this
  private volatile boolean pending;

  /// @param loops numbers that loops may have: 0 to one less
  Reclaimer(int loops) {
    this.loops = loops;
    seen = new AtomicLongArray((loops + 1) * STRIDE);
    for (int i = 0; i < loops; i++) {
      seen.set(slot(i), PARKED);
    }
  }

  /// The loop has nothing in hand from earlier turns. True if a [#sweep] may find something.
  boolean turn(int loop) {
    seen.setRelease(slot(loop), epoch.getAcquire());
    return pending;
  }

  void park(int loop) {
    seen.setRelease(slot(loop), PARKED);
  }

  /// The volatile write orders it before all that the loop reads from the tables afterwards.
  void unpark(int loop) {
    seen.set(slot(loop), epoch.get());
    VarHandle.fullFence();
  }

  /// Takes over something that is in no table any more.
  void remove(Counted thing) {
    thing.markRemoved();
    thing.removedIn = epoch.incrementAndGet();
    synchronized (this) {
      limbo.add(thing);
    }
    pending = true;
  }

  /// Whether a [#sweep] may find something.
  boolean pending() {
    return pending;
  }

  void released() {
    pending = true;
  }

  /// Frees what may be freed; true if nothing is left that may not. Not on a loop: close(2) may
  /// block.
  boolean sweep(FileCalls calls) {
    List<Counted> free = new ArrayList<>();
    boolean empty;
    synchronized (this) {
      pending = false;
      long passed = passedByAll();
      limbo.removeIf(thing -> {
        boolean unseen = thing.removedIn <= passed;
        pending |= !unseen;
        boolean over = unseen && thing.end();
        if (over) {
          free.add(thing);
        }
        return over;
      });
      empty = limbo.isEmpty();
    }
    free.forEach(thing -> thing.free(calls));
    return empty;
  }

  /// Frees everything not in flight. Only when the loops have ended.
  void sweepAll(FileCalls calls) {
    for (int i = 0; i < loops; i++) {
      seen.set(slot(i), PARKED);
    }
    boolean _ = sweep(calls);
  }

  private long passedByAll() {
    long passed = PARKED;
    for (int i = 0; i < loops; i++) {
      passed = Math.min(passed, seen.get(slot(i)));
    }
    return passed;
  }

  private static int slot(int loop) {
    return (loop + 1) * STRIDE;
  }
}
