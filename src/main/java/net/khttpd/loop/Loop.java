package net.khttpd.loop;

import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import net.khttpd.kernel.KernelRefusal;
import net.khttpd.kernel.Wakeup;

/// One loop: a platform thread with its own engine, timers and time.
///
/// A turn: wait in the kernel, read the clock once, hand out what came, run what was put off to
/// this turn and what other threads have posted, expire timers. Everything but [#execute] and
/// [#end] belongs to the loop's thread.
public final class Loop implements Executor {
  private static final int LAST_TURNS = 10_000;
  private static final long LAST_WAIT_NANOS = 1_000_000;

  /// Tasks of other threads that are run in one turn; the rest wait for the next.
  private static final int TASKS = 256;

  /// Told about turns, so that shared memory can be given back when no loop looks at it any more.
  public interface TurnObserver {
    /// Before there is one.
    TurnObserver NONE =
        new TurnObserver() {
          @Override
          public void waiting() {}

          @Override
          public void woken() {}
        };

    /// The loop is about to wait and holds no reference to anything shared.
    void waiting();

    /// The loop has woken.
    void woken();
  }

  private final int index;
  private final Wakeup wakeup = new Wakeup();
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean signalled = new AtomicBoolean();
  private final ArrayDeque<Runnable> later = new ArrayDeque<>();
  private final Engine engine;
  private final TimerWheel wheel;
  private final Consumer<Throwable> broken;
  private TurnObserver observer;
  private long nanos = System.nanoTime();
  private long epochMillis = System.currentTimeMillis();
  private volatile boolean ended;
  private volatile boolean over;

  /// Must be called on the thread that will [#run]: a ring belongs to the thread that made it.
  ///
  /// @param wantRing `true` for io_uring, `false` for epoll
  /// @param observer told about turns
  /// @param broken told about an exception that escaped a task or callback: a fault of ours
  /// @throws KernelRefusal if the kernel refuses the engine
  public Loop(int index, boolean wantRing, TurnObserver observer, Consumer<Throwable> broken) {
    this.index = index;
    this.observer = observer;
    this.broken = broken;
    this.wheel = new TimerWheel(nanos);
    try {
      engine = wantRing ? Engines.ring(wakeup) : Engines.epoll(wakeup);
    } catch (KernelRefusal e) {
      wakeup.close();
      throw e;
    }
  }

  public int index() {
    return index;
  }

  public Engine engine() {
    return engine;
  }

  /// Replaces the observer.
  public void observe(TurnObserver newObserver) {
    this.observer = newObserver;
  }

  /// System.nanoTime() of this turn.
  public long nanos() {
    return nanos;
  }

  /// Milliseconds since 1970 of this turn.
  public long epochMillis() {
    return epochMillis;
  }

  /// Calls [Timed#expired] once `nanosFromNow` have passed; replaces an earlier deadline.
  public void schedule(Timed timed, long nanosFromNow) {
    wheel.schedule(timed, nanos + nanosFromNow);
  }

  public void cancel(Timed timed) {
    wheel.cancel(timed);
  }

  /// Nanoseconds until the deadline set for it, negative if it has passed; a very long time if
  /// there is none.
  public long left(Timed timed) {
    return timed.deadlineNanos == Timed.NEVER ? Timed.NEVER : timed.deadlineNanos - nanos;
  }

  /// Runs a task in the next turn, after what came meanwhile; that turn does not wait. For work
  /// that is bounded in one turn. The loop's thread.
  public void nextTurn(Runnable task) {
    later.add(task);
  }

  /// Runs a task on the loop's thread, soon. Any thread.
  ///
  /// @throws RejectedExecutionException if the loop has ended: the task will not run
  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (over && tasks.remove(task)) {
      throw new RejectedExecutionException("the loop has ended");
    }
    if (signalled.compareAndSet(false, true)) {
      wakeup.signal();
    }
  }

  /// Turns until [#end] and until all endpoints are closed (a few turns later, at most
  /// [#LAST_TURNS]), then frees the engine.
  public void run() {
    for (int last = 0; !ended || (engine.live() > 0 && last < LAST_TURNS); last += ended ? 1 : 0) {
      try {
        turn();
      } catch (KernelRefusal e) {
        throw e; // the engine itself is gone: turning on would only spin
      } catch (RuntimeException | Error e) {
        report(e);
      }
    }
    over = true;
    runLastTasks();
    engine.close();
    wakeup.close();
  }

  /// What was posted in time is run, because it may own something; whatever comes later is refused.
  private void runLastTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        report(e);
      }
    }
  }

  /// Ends the loop after this turn. Any thread; the caller has seen to it that no endpoint is left.
  public void end() {
    try {
      execute(() -> ended = true);
    } catch (RejectedExecutionException already) {
      return; // it has ended
    }
  }

  /// A fault that cannot even be told (the class that would tell it cannot be loaded) must not take
  /// the loop with it.
  private void report(Throwable fault) {
    try {
      broken.accept(fault);
    } catch (RuntimeException | Error again) {
      fault.addSuppressed(again);
    }
  }

  private void turn() {
    int resuming = later.size();
    long timeout = tasks.isEmpty() && resuming == 0 ? wheel.nanosToNext(nanos) : 0;
    observer.waiting();
    engine.await(ended ? LAST_WAIT_NANOS : timeout);
    observer.woken();
    nanos = System.nanoTime();
    epochMillis = System.currentTimeMillis();
    engine.dispatch();
    for (int i = 0; i < resuming; i++) {
      later.remove().run();
    }
    runTasks();
    wheel.advance(nanos);
  }

  private void runTasks() {
    if (signalled.get()) {
      signalled.set(false); // before the queue is emptied: a later task signals anew
    }
    for (int i = 0; i < TASKS; i++) {
      Runnable task = tasks.poll();
      if (task == null) {
        return;
      }
      task.run();
    }
  }
}
