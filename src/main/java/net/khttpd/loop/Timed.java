package net.khttpd.loop;

import org.jspecify.annotations.Nullable;

/// Something with a deadline. Used by one loop; linked into at most one bucket of its [TimerWheel].
public abstract class Timed {
  static final long NEVER = Long.MAX_VALUE;

  long deadlineNanos = NEVER;
  int bucket = -1;
  @Nullable Timed previous;
  @Nullable Timed next;

  /// The deadline has passed. Called once for each deadline set.
  protected abstract void expired();
}
