package net.khttpd.control;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import net.khttpd.settings.OperatorException;

/// Waits for what may block for ever - a name server, a hung mount, a pipe that nobody reads - with
/// a bound: it runs on a thread of its own, and if it comes too late, what it brings is given back.
/// Used by the lifecycle thread.
final class Patience {
  private static final long MILLIS = 10_000;

  /// Threads that may hang at a time; an operator who tries again and again must not fill memory.
  private static final int MOST_HANGING = 8;

  private final Semaphore room = new Semaphore(MOST_HANGING);

  /// The result of `work`.
  ///
  /// @param late takes a result that came when nobody waited any more
  /// @throws OperatorException that of the work, or that it took too long
  <T> T await(Callable<T> work, Consumer<T> late) throws OperatorException {
    if (!room.tryAcquire()) {
      throw new OperatorException(
          "documentroot: earlier look-ups of names, files or logs still hang; nothing was changed");
    }
    var result = new CompletableFuture<T>();
    Thread.ofPlatform().name("khttpd-prepare").daemon().start(() -> run(work, late, result));
    try {
      return result.get(MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof OperatorException refusal) {
        throw new OperatorException(refusal.sentence(), refusal);
      }
      throw new IllegalStateException("a preparation failed", e.getCause());
    } catch (TimeoutException e) {
      var tooLong =
          new OperatorException(
              "backend, documentroot, symlink_roots, access_log, metrics_address or proc_mount: a"
                  + " name or a file system has not answered within %d seconds"
                      .formatted(MILLIS / 1000),
              e);
      if (!result.completeExceptionally(tooLong) && !result.isCompletedExceptionally()) {
        late.accept(result.join());
      }
      throw tooLong;
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the lifecycle thread", e);
    }
  }

  private <T> void run(Callable<T> work, Consumer<T> late, CompletableFuture<T> result) {
    try {
      T value = work.call();
      if (!result.complete(value)) {
        late.accept(value);
      }
    } catch (Exception | Error e) {
      result.completeExceptionally(e);
    } finally {
      room.release();
    }
  }
}
