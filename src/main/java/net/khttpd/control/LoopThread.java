package net.khttpd.control;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import net.khttpd.client.Counters;
import net.khttpd.client.Moved;
import net.khttpd.log.EventLog;
import net.khttpd.loop.Loop;
import net.khttpd.way.LoopStages;

/// The platform thread of one loop. The loop and its stages are made on it, because a ring belongs
/// to the thread that made it.
///
/// Its life: started → serves listening sockets → either drained and ended with the server, or
/// retired: it leaves its sockets, its connections move to other loops, and with the last one it
/// ends by itself.
final class LoopThread {
  /// A loop answers within a turn; one that does not within this time hangs, and nobody waits more.
  private static final long ANSWER_MILLIS = 5_000;

  private final int index;
  private final Counters counters = new Counters();
  private final CompletableFuture<LoopStages> made = new CompletableFuture<>();
  private final CountDownLatch acceptStopped = new CountDownLatch(1);
  private final CountDownLatch drained = new CountDownLatch(1);
  private final EventLog log;
  private final Runnable whenDrained;
  private final Thread thread;
  private boolean adopts = true; // guarded by this

  private LoopThread(
      int index, boolean ring, LoopStages.Shared shared, Runnable whenDrained, Runnable died) {
    this.index = index;
    this.log = shared.log();
    this.whenDrained = whenDrained;
    thread =
        Thread.ofPlatform()
            .name("khttpd-" + index)
            .daemon()
            .unstarted(() -> run(ring, shared, died));
  }

  /// Returns when the loop turns.
  ///
  /// @param index small, and of no other loop that has not ended
  /// @param whenDrained called when, while draining, the last connection has gone
  /// @throws net.khttpd.kernel.KernelRefusal if the kernel refuses the engine
  static LoopThread start(
      int index, boolean ring, LoopStages.Shared shared, Runnable whenDrained, Runnable died) {
    var loop = new LoopThread(index, ring, shared, whenDrained, died);
    loop.thread.start();
    try {
      loop.made.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException refusal) {
        throw refusal;
      }
      throw e;
    }
    return loop;
  }

  int index() {
    return index;
  }

  boolean hasEnded() {
    return !thread.isAlive();
  }

  /// Runs a task on the loop's thread; nothing, if it has ended.
  void execute(Consumer<LoopStages> task) {
    LoopStages stages = made.join();
    try {
      stages.loop().execute(() -> task.accept(stages));
    } catch (RejectedExecutionException e) {
      return; // what the task was about has gone with the loop
    }
  }

  /// Serves a listening socket, too; returns when it does.
  void listen(int descriptor) {
    var done = new CountDownLatch(1);
    execute(stages -> {
      stages.listen(descriptor);
      done.countDown();
    });
    await(done);
  }

  /// Serves a listening socket no more; returns when nothing of its queue is left to it.
  void leave(int descriptor) {
    var done = new CountDownLatch(1);
    execute(stages -> stages.leave(descriptor, done::countDown));
    await(done);
  }

  /// Moves all connections elsewhere, then ends by itself.
  void retire(Predicate<Moved> elsewhere) {
    execute(stages -> stages.retire(elsewhere, () -> finish(stages)));
  }

  /// On the loop's thread. Who has been told that we adopt has posted the connection before this.
  private void finish(LoopStages stages) {
    adoptNoMore();
    stages.loop().execute(stages::finish);
  }

  synchronized void adoptNoMore() {
    adopts = false;
  }

  /// Goes on with a connection of another loop; false: this one ends. Any thread.
  synchronized boolean adopt(Moved moved) {
    if (adopts) {
      execute(stages -> stages.adopt(moved));
    }
    return adopts;
  }

  /// Stops accepting and lets what is under way end.
  void drain() {
    execute(LoopStages::drain);
  }

  void awaitAcceptStopped() {
    if (!hasEnded()) {
      await(acceptStopped);
    }
  }

  boolean isDrained() {
    return drained.getCount() == 0 || hasEnded();
  }

  /// Closes what is left and ends the loop.
  void end() {
    execute(LoopStages::closeAll);
    execute(stages -> stages.loop().end());
  }

  /// Whether the thread has ended within the time.
  boolean join(long millis) {
    try {
      return thread.join(java.time.Duration.ofMillis(millis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void run(boolean ring, LoopStages.Shared shared, Runnable died) {
    LoopStages stages;
    try {
      var loop =
          new Loop(
              index,
              ring,
              Loop.TurnObserver.NONE,
              fault -> shared.log().event("fault", "a fault of ours: " + trace(fault)));
      stages = new LoopStages(loop, shared, counters, acceptStopped::countDown, this::drainedNow);
    } catch (RuntimeException | Error e) {
      made.completeExceptionally(e);
      return;
    }
    shared.statistics().began(index, counters);
    made.complete(stages);
    try {
      stages.run();
    } catch (RuntimeException | Error e) {
      try {
        shared.log().event("fault", "a loop has died: " + trace(e));
      } finally {
        died.run();
      }
    } finally {
      shared.statistics().ended(index, counters);
    }
  }

  private void drainedNow() {
    drained.countDown();
    whenDrained.run();
  }

  private void await(CountDownLatch done) {
    try {
      if (!done.await(ANSWER_MILLIS, TimeUnit.MILLISECONDS) && !hasEnded()) {
        log.event("fault", "a fault of ours: loop " + index + " does not answer");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String trace(Throwable fault) {
    var text = new StringBuilder(fault.toString());
    for (StackTraceElement frame : fault.getStackTrace()) {
      text.append(" < ").append(frame);
    }
    return text.toString();
  }
}
