package net.khttpd.files;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import net.khttpd.kernel.FileCalls;

/// Something off heap that loops and workers share: memory, a descriptor.
///
/// Its life: (1) made, findable; (2) removed: nobody finds it any more, but a loop may still be
/// looking at it in its present turn; (3) every loop has passed a turn and nobody has it in flight:
/// freed, once. [Reclaimer] moves it from 2 to 3. Thread-safe.
abstract class Counted {
  private static final int FREED = Integer.MIN_VALUE;
  private static final VarHandle USES;

  static {
    try {
      USES = MethodHandles.lookup().findVarHandle(Counted.class, "uses", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("unused") // through USES
  private volatile int uses;

  private final Reclaimer reclaimer;
  private volatile boolean removed;

  /// The epoch of the removal; written once, before it is given to the reclaimer's list.
  long removedIn;

  Counted(Reclaimer reclaimer) {
    this.reclaimer = reclaimer;
  }

  /// Keeps it from being freed until [#release]; false if it is freed already.
  public final boolean retain() {
    int seen;
    do {
      seen = (int) USES.getVolatile(this);
      if (seen < 0) {
        return false;
      }
    } while (!USES.compareAndSet(this, seen, seen + 1));
    return true;
  }

  /// Ends what one [#retain] began.
  public final void release() {
    int before = (int) USES.getAndAdd(this, -1);
    if (before <= 0) {
      throw new IllegalStateException("released more often than retained");
    }
    if (before == 1 && removed) {
      reclaimer.released();
    }
  }

  /// Whether it is out of the tables: nobody shall begin to use it.
  public final boolean removed() {
    return removed;
  }

  final void markRemoved() {
    removed = true;
  }

  /// Claims the right to free; false while in flight.
  final boolean end() {
    return USES.compareAndSet(this, 0, FREED);
  }

  /// Called once, after [#end], on a worker.
  abstract void free(FileCalls calls);
}
