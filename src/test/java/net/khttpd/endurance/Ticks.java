package net.khttpd.endurance;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Counts events, and lets threads wait for later ones.
final class Ticks {
  private static final long DEADLINE_SECONDS = 60;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition more = lock.newCondition();
  private long count;
  private boolean ended;

  void tick() {
    lock.lock();
    try {
      count++;
      more.signalAll();
    } finally {
      lock.unlock();
    }
  }

  long count() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  /// Nobody waits any more.
  void end() {
    lock.lock();
    try {
      ended = true;
      more.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until there are this many, or the end.
  void await(long atLeast) throws InterruptedException {
    long left = TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    lock.lock();
    try {
      while (count < atLeast && !ended) {
        if (left <= 0) {
          throw new AssertionError("only " + count + " of " + atLeast + " events");
        }
        left = more.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
