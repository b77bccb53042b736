package net.khttpd.control;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import net.khttpd.settings.Draft;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;

/// One change that somebody asked for: waits for the lifecycle thread, is done or refused, and
/// answers who asked. Handed from the asking thread to the lifecycle thread.
final class Command {
  /// What has become of it.
  private enum Stage {
    WAITING,
    BEGUN,
    GIVEN_UP
  }

  /// What lies on top of `drain` in the longest way of a command that has begun: names, log files
  /// and document root are found, loops start and end, each with a bound of its own.
  private static final long MOST_UNDER_WAY_MILLIS = 120_000;

  private final DraftChange change;
  private final String who;
  private final boolean literal;
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
  private final CompletableFuture<String> answer = new CompletableFuture<>();

  /// @param who asks, for the event log
  /// @param literal whether `start=0` was written by somebody who means it, and not a part of a
  ///   whole configuration
  Command(DraftChange change, String who, boolean literal) {
    this.change = change;
    this.who = who;
    this.literal = literal;
  }

  String who() {
    return who;
  }

  boolean literal() {
    return literal;
  }

  /// What the settings would be.
  Settings wanted(Settings present) throws OperatorException {
    Draft draft = Draft.of(present);
    change.apply(draft);
    return draft.snapshot();
  }

  /// Its turn has come; false: whoever asked has given up, and nothing may be done.
  boolean begin() {
    return stage.compareAndSet(Stage.WAITING, Stage.BEGUN) || stage.get() == Stage.BEGUN;
  }

  void answer(String effect) {
    answer.complete(effect);
  }

  void refuse(Throwable reason) {
    answer.completeExceptionally(reason);
  }

  /// Waits until it is done; called by who asked.
  ///
  /// @param turnMillis how long to wait for its turn
  /// @param drainMillis how long a stop may take
  /// @throws OperatorException why not; then nothing has changed
  String await(long turnMillis, long drainMillis) throws OperatorException {
    try {
      try {
        return answer.get(turnMillis, TimeUnit.MILLISECONDS);
      } catch (TimeoutException late) {
        if (stage.compareAndSet(Stage.WAITING, Stage.GIVEN_UP)) {
          throw new OperatorException(
              "the server was busy with earlier changes for %d seconds: nothing was changed"
                  .formatted(turnMillis / 1000),
              late);
        }
        return answer.get(drainMillis + MOST_UNDER_WAY_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof OperatorException refusal) {
        throw new OperatorException(refusal.sentence(), refusal);
      }
      throw new IllegalStateException("a change failed by a fault of ours", e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("the lifecycle thread hangs", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a change was under way", e);
    }
  }
}
