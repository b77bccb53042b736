package net.khttpd.control;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import net.khttpd.client.Counters;
import net.khttpd.loop.Loop;
import net.khttpd.way.LoopStages;

/// The platform thread of one loop. The loop and its stages are made on it, because a ring belongs
/// to the thread that made it.
final class LoopThread {
  private final Counters counters = new Counters();
  private final CompletableFuture<LoopStages> made = new CompletableFuture<>();
  private final Thread thread;

  private LoopThread(
      int index,
      boolean ring,
      LoopStages.Shared shared,
      int listener,
      Runnable acceptStopped,
      Runnable drained,
      Runnable died) {
    thread =
        Thread.ofPlatform()
            .name("khttpd-" + index)
            .daemon()
            .unstarted(() -> run(index, ring, shared, listener, acceptStopped, drained, died));
  }

  /// Returns when the loop turns and accepts.
  ///
  /// @throws net.khttpd.kernel.KernelRefusal if the kernel refuses the engine
  static LoopThread start(
      int index,
      boolean ring,
      LoopStages.Shared shared,
      int listener,
      Runnable acceptStopped,
      Runnable drained,
      Runnable died) {
    var loop = new LoopThread(index, ring, shared, listener, acceptStopped, drained, died);
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

  /// Runs a task on the loop's thread.
  void execute(Consumer<LoopStages> task) {
    LoopStages stages = made.join();
    stages.loop().execute(() -> task.accept(stages));
  }

  void end() {
    made.join().loop().end();
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

  private void run(
      int index,
      boolean ring,
      LoopStages.Shared shared,
      int listener,
      Runnable acceptStopped,
      Runnable drained,
      Runnable died) {
    LoopStages stages;
    try {
      var loop =
          new Loop(
              index,
              ring,
              Loop.TurnObserver.NONE,
              fault -> shared.log().event("fault", "a fault of ours: " + trace(fault)));
      stages = new LoopStages(loop, shared, counters, listener, acceptStopped, drained);
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

  private static String trace(Throwable fault) {
    var text = new StringBuilder(fault.toString());
    for (StackTraceElement frame : fault.getStackTrace()) {
      text.append(" < ").append(frame);
    }
    return text.toString();
  }
}
