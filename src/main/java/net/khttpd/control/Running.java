package net.khttpd.control;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import net.khttpd.kernel.KernelRefusal;
import net.khttpd.log.EventLog;
import net.khttpd.loop.Engines;
import net.khttpd.passon.Backends;
import net.khttpd.settings.EngineChoice;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;
import net.khttpd.statistics.Statistics;
import net.khttpd.way.LoopStages;
import net.khttpd.way.LoopStages.Shared;

/// A server between its start and its stop: listeners, loops, and what they share. Made and ended
/// by the lifecycle thread.
final class Running {
  private static final long END_MILLIS = 5_000;

  private final Listeners listeners;
  private final SharedParts parts;
  private final Patience patience;
  private final List<LoopThread> loops = new ArrayList<>();
  private final Semaphore acceptStopped = new Semaphore(0);
  private final CountDownLatch drained;
  private final EventLog log;
  private final boolean ring;
  private final Explaining explaining = new Explaining();
  private volatile Runnable whenDrained = () -> {};

  private Running(
      Settings settings,
      EventLog log,
      Listeners listeners,
      SharedParts parts,
      Patience patience,
      boolean ring) {
    this.log = log;
    this.listeners = listeners;
    this.parts = parts;
    this.patience = patience;
    this.ring = ring;
    drained = new CountDownLatch(settings.threads());
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
    boolean wantsRing = wantRing(settings, log);
    SharedParts parts =
        patience.await(
            () -> SharedParts.open(settings, settings.threads(), statistics, log),
            SharedParts::close);
    Listeners listeners = null;
    try {
      watcher.reached(StartPoint.PREPARED);
      listeners = new Listeners(settings, port, settings.threads());
      Backends.refuseOurselves(parts.present().backendSet(), settings.address(), listeners.port());
      watcher.reached(StartPoint.LISTENING);
      var running = new Running(settings, log, listeners, parts, patience, wantsRing);
      return running.startLoops(watcher, loopDied);
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
  private Running startLoops(StartPoint.Watcher watcher, Runnable loopDied)
      throws OperatorException {
    Settings settings = parts.present().settings();
    try {
      start(settings.threads(), watcher, loopDied);
      return this;
    } catch (KernelRefusal e) {
      if (settings.engine() == EngineChoice.IO_URING || !ring) {
        throw new OperatorException(
            "engine: " + settings.engine() + " cannot run here: " + Engines.sentence(e), e);
      }
      log.event("engine=epoll, because " + Engines.sentence(e));
    }
    var byEpoll = new Running(settings, log, listeners, parts, patience, false);
    byEpoll.start(settings.threads(), watcher, loopDied);
    return byEpoll;
  }

  private void start(int threads, StartPoint.Watcher watcher, Runnable loopDied)
      throws OperatorException {
    try {
      for (int i = 0; i < threads; i++) {
        loops.add(
            LoopThread.start(
                i,
                ring,
                parts.present(),
                listeners.descriptor(i),
                acceptStopped::release,
                this::loopDrained,
                loopDied));
        watcher.reached(StartPoint.LOOP_STARTED);
      }
    } catch (OperatorException | RuntimeException | Error e) {
      stopAccepting();
      boolean _ = endLoops();
      throw e;
    }
  }

  int port() {
    return listeners.port();
  }

  String engine() {
    return ring ? "io_uring" : "epoll";
  }

  int threads() {
    return loops.size();
  }

  /// What follows `khttpd: ready `: the URL, the engine and the number of threads.
  String ready(Settings settings) {
    return "http://%s:%d engine=%s threads=%d root=%s"
        .formatted(
            settings.address().urlHost(), port(), engine(), threads(), settings.documentRoot());
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
    if (before.backlog() != next.backlog()) {
      listeners.backlog(next.backlog());
    }
    parts.begin(prepared);
    var done = new CountDownLatch(loops.size());
    for (LoopThread loop : loops) {
      loop.execute(stages -> {
        try {
          stages.apply(prepared);
        } finally {
          done.countDown();
        }
      });
    }
    awaitQuietly(done, END_MILLIS);
    if (done.getCount() > 0) {
      throw new IllegalStateException("a loop did not take new settings within five seconds");
    }
    parts.adopt(prepared);
  }

  /// Whether something that is used no more could not be freed yet.
  boolean hasRetired() {
    return parts.hasRetired();
  }

  /// Frees of it what is not in flight.
  void freeRetired() {
    parts.freeRetired();
  }

  /// What becomes of a GET; any thread.
  ///
  /// @throws OperatorException if earlier explanations wait for a file system
  List<String> explain(String target) throws OperatorException {
    return explaining.live(target, parts.present(), parts.spareView());
  }

  void reopenLogs() {
    parts.reopenLogs();
  }

  /// Stops accepting and lets what is under way end; a connect is refused when it returns.
  ///
  /// @param whenDrained called once nothing is under way any more, by any thread
  void beginDrain(Runnable whenDrained) {
    this.whenDrained = whenDrained;
    stopAccepting();
    listeners.close();
  }

  /// A ring that still accepts would hold on to its listener, and so to the port, for a while after
  /// its end.
  private void stopAccepting() {
    loops.forEach(loop -> loop.execute(LoopStages::drain));
    try {
      boolean _ = acceptStopped.tryAcquire(loops.size(), END_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void loopDrained() {
    drained.countDown();
    whenDrained.run();
  }

  boolean isDrained() {
    return drained.getCount() == 0;
  }

  /// Ends what is still under way, and everything else.
  void finishDrain() {
    if (drained.getCount() > 0) {
      log.event("drain: time is up, closing the connections that are left");
    }
    if (endLoops()) {
      parts.close();
    }
  }

  /// False: a loop did not end, and what it may still use is not freed.
  private boolean endLoops() {
    loops.forEach(loop -> loop.execute(LoopStages::closeAll));
    loops.forEach(LoopThread::end);
    for (LoopThread loop : loops) {
      if (!loop.join(END_MILLIS)) {
        log.event("a loop did not end within five seconds: its memory is not freed");
        return false;
      }
    }
    return true;
  }

  private static boolean wantRing(Settings settings, EventLog log) throws OperatorException {
    if (settings.engine() == EngineChoice.EPOLL) {
      return false;
    }
    String why = Engines.whyNoRing();
    if (why == null) {
      return true;
    }
    if (settings.engine() == EngineChoice.IO_URING) {
      throw new OperatorException("engine: io_uring was asked for, but " + why);
    }
    log.event("engine=epoll, because " + why);
    return false;
  }

  private static void awaitQuietly(CountDownLatch latch, long millis) {
    try {
      latch.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
