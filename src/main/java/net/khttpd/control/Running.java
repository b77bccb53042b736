package net.khttpd.control;

import java.util.List;
import net.khttpd.kernel.KernelRefusal;
import net.khttpd.log.EventLog;
import net.khttpd.loop.Engines;
import net.khttpd.passon.Backends;
import net.khttpd.settings.EngineChoice;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;
import net.khttpd.statistics.Statistics;
import net.khttpd.way.LoopStages.Shared;

/// A server between its start and its stop: listeners, loops, and what they share. Made and ended
/// by the lifecycle thread.
final class Running {
  private final SharedParts parts;
  private final Patience patience;
  private final EventLog log;
  private final Crew crew;
  private final Explaining explaining = new Explaining();

  private Running(SharedParts parts, Patience patience, EventLog log, Crew crew) {
    this.parts = parts;
    this.patience = patience;
    this.log = log;
    this.crew = crew;
  }

  /// Starts everything, or nothing.
  ///
  /// @param port to listen on; 0: a free one
  static Running start(
      Settings settings,
      int port,
      EventLog log,
      Statistics statistics,
      Patience patience,
      StartPoint.Watcher watcher,
      Runnable loopDied)
      throws OperatorException {
    boolean ring = EngineWish.ring(settings.engine(), log);
    SharedParts parts =
        patience.await(() -> SharedParts.open(settings, statistics, log), SharedParts::close);
    Listeners listeners = null;
    try {
      watcher.reached(StartPoint.PREPARED);
      listeners = Listeners.bind(settings, port, settings.threads(), null);
      listeners.listen(settings.backlog());
      Backends.refuseOurselves(parts.present().backendSets(), settings.address(), listeners.port());
      watcher.reached(StartPoint.LISTENING);
      Crew crew = startLoops(parts.present(), listeners, ring, watcher, loopDied);
      return new Running(parts, patience, log, crew);
    } catch (OperatorException | RuntimeException | Error e) {
      if (listeners != null) {
        listeners.close();
      }
      parts.close();
      throw e;
    }
  }

  /// The listeners are kept when the rings they were for are refused: what asked for the port keeps
  /// it.
  private static Crew startLoops(
      Shared shared,
      Listeners listeners,
      boolean ring,
      StartPoint.Watcher watcher,
      Runnable loopDied)
      throws OperatorException {
    try {
      return Crew.start(shared, listeners, ring, watcher, loopDied);
    } catch (KernelRefusal e) {
      EngineChoice choice = shared.settings().engine();
      if (choice == EngineChoice.IO_URING || !ring) {
        throw new OperatorException(
            "engine: " + choice + " cannot run here: " + Engines.sentence(e), e);
      }
      shared.log().event("engine=epoll, because " + Engines.sentence(e));
    }
    return Crew.start(shared, listeners, false, watcher, loopDied);
  }

  int port() {
    return crew.port();
  }

  /// What follows `khttpd: ready `: the URL, the engine and the number of threads.
  String ready(Settings settings) {
    return "http://%s:%d engine=%s threads=%d root=%s"
        .formatted(
            settings.address().urlHost(),
            port(),
            crew.engine(),
            crew.loops().size(),
            settings.documentRoot());
  }

  /// Lets every loop use the new settings; returns when all do.
  ///
  /// @throws OperatorException if they cannot be had; then nothing has changed
  void apply(Settings before, Settings next) throws OperatorException {
    Shared prepared =
        patience.await(
            () -> {
              StartChecks.checkChange(before, next);
              return parts.prepare(next, port());
            },
            parts::abandon);
    Crew.Plan plan;
    try {
      plan = crew.plan(before, next, prepared);
    } catch (OperatorException | RuntimeException e) {
      parts.abandon(prepared);
      throw e;
    }
    if (before.backlog() != next.backlog()) {
      crew.backlog(next.backlog());
    }
    parts.begin(prepared);
    if (!crew.everywhere(stages -> stages.apply(prepared))) {
      throw new IllegalStateException("a loop did not take new settings within five seconds");
    }
    parts.adopt(prepared);
    crew.change(plan);
  }

  /// Whether something that is used no more could not be freed yet.
  boolean hasRetired() {
    return parts.hasRetired() || crew.needsTending();
  }

  /// Frees of it what is not in flight.
  void freeRetired() {
    parts.freeRetired();
    crew.tend();
  }

  /// What becomes of a GET; any thread.
  ///
  /// @throws OperatorException if earlier explanations wait for a file system
  List<String> explain(String target) throws OperatorException {
    return explaining.live(target, parts.present());
  }

  void reopenLogs() {
    parts.reopenLogs();
  }

  /// Stops accepting and lets what is under way end; a connect is refused when it returns.
  ///
  /// @param whenDrained called once nothing is under way any more, by any thread
  void beginDrain(Runnable whenDrained) {
    crew.beginDrain(whenDrained);
  }

  boolean isDrained() {
    return crew.isDrained();
  }

  /// Ends what is still under way, and everything else.
  void finishDrain() {
    if (!crew.isDrained()) {
      log.event("drain: time is up, closing the connections that are left");
    }
    if (crew.end()) {
      parts.close();
    } else {
      log.event("a loop did not end within five seconds: its memory is not freed");
    }
  }
}
