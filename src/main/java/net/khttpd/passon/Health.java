package net.khttpd.passon;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import net.khttpd.settings.Balancing.Ejection;

/// Whether one backend may be asked, as the failures of its requests, its checks and the operator
/// say. Shared by all loops; each change of state is told in one sentence.
///
/// A backend that is plainly up costs its readers one volatile read; all else is rare and under a
/// lock that is held for a few instructions.
final class Health {
  private static final long MILLION = 1_000_000L;

  private final Consumer<String> events;
  private final ArrayDeque<Long> failures = new ArrayDeque<>(); // guarded by this, as all below
  private boolean out;
  private boolean trial;
  private long outUntilNanos;
  private boolean down;
  private boolean draining;
  private int checksInRow;

  /// Anything but plainly up.
  private volatile boolean troubled;

  /// @param events takes sentences without the backend's name
  Health(Consumer<String> events) {
    this.events = events;
  }

  Standing standing(long nowNanos) {
    return troubled ? troubledStanding(nowNanos) : Standing.UP;
  }

  private synchronized Standing troubledStanding(long nowNanos) {
    if (draining) {
      return Standing.DRAINING;
    }
    if (down) {
      return Standing.DOWN;
    }
    if (!out) {
      return Standing.UP;
    }
    return trial || nowNanos - outUntilNanos < 0 ? Standing.OUT : Standing.TRIAL;
  }

  /// True for one caller of all loops: it makes the trial, and must tell how it ends.
  synchronized boolean beginTrial(long nowNanos) {
    if (troubledStanding(nowNanos) != Standing.TRIAL) {
      return false;
    }
    trial = true;
    return true;
  }

  /// The trial told nothing: its client went away, or it did not begin.
  synchronized void trialAbandoned() {
    trial = false;
  }

  /// A request was answered.
  void answered() {
    if (troubled) {
      answeredAfterTrouble();
    }
  }

  private synchronized void answeredAfterTrouble() {
    if (out) {
      recover("back, since it answers again");
    }
  }

  /// A connect or a request failed by the backend's fault.
  ///
  /// @param reason what happened, for the sentence
  /// @param onTrial it was the trial
  synchronized void failed(Ejection rules, long nowNanos, String reason, boolean onTrial) {
    if (onTrial) {
      trial = false;
      outUntilNanos = nowNanos + rules.outMillis() * MILLION;
      return;
    }
    if (out || rules.failures() == 0) {
      return;
    }
    failures.addLast(nowNanos);
    long since = nowNanos - rules.windowMillis() * MILLION;
    while (failures.size() > rules.failures() || failures.getFirst() - since < 0) {
      failures.removeFirst();
    }
    if (failures.size() == rules.failures()) {
      failures.clear();
      out = true;
      trial = false;
      outUntilNanos = nowNanos + rules.outMillis() * MILLION;
      told();
      events.accept(
          "out for %s s after %d failures within %s s, the last: %s"
              .formatted(
                  seconds(rules.outMillis()),
                  rules.failures(),
                  seconds(rules.windowMillis()),
                  reason));
    }
  }

  /// What it failed with is over, so far as can be known: it has other addresses.
  synchronized void forgive(String why) {
    failures.clear();
    if (out) {
      recover(why);
    }
  }

  private void recover(String why) {
    out = false;
    trial = false;
    failures.clear();
    told();
    events.accept(why);
  }

  /// A check came to an end; true if the backend is another's choice from now on.
  ///
  /// @param said what came of it, for the sentence
  synchronized boolean checked(boolean good, int rise, int fall, String said) {
    if (good != down) {
      checksInRow = 0; // as it is known to be
      return false;
    }
    if (++checksInRow < (down ? rise : fall)) {
      return false;
    }
    checksInRow = 0;
    down = !good;
    told();
    events.accept((down ? "down, since its check " : "up, since its check ") + said);
    return true;
  }

  /// There are no checks any more.
  synchronized void unchecked() {
    checksInRow = 0;
    if (down) {
      down = false;
      told();
      events.accept("up, since it is not checked any more");
    }
  }

  synchronized void drain(boolean wanted) {
    if (draining != wanted) {
      draining = wanted;
      told();
      events.accept(wanted ? "draining: it gets no new request" : "takes requests again");
    }
  }

  private void told() {
    troubled = out || down || draining;
  }

  private static String seconds(long millis) {
    return millis % 1000 == 0 ? Long.toString(millis / 1000) : Double.toString(millis / 1000.0);
  }
}
