package net.khttpd.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.khttpd.accept.ConnectionLimit;
import net.khttpd.client.Counters;
import net.khttpd.decide.Policy;
import net.khttpd.decide.Preparation;
import net.khttpd.files.Config;
import net.khttpd.files.FileCache;
import net.khttpd.log.AccessLog;
import net.khttpd.log.EventLog;
import net.khttpd.loop.Engines;
import net.khttpd.passon.Backends;
import net.khttpd.settings.EngineChoice;
import net.khttpd.settings.EtagKind;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;
import net.khttpd.way.LoopStages;
import org.jspecify.annotations.Nullable;

/// A server between its start and its stop: listeners, loops, files, backends. Made and ended by
/// the lifecycle thread.
final class Running {
  private static final long END_MILLIS = 5_000;
  private static final int DESCRIPTORS_FOR_FILES_SHARE = 4;
  private static final int S_IFMT = 0170000;
  private static final int S_IFIFO = 0010000;

  private final Listeners listeners;
  private final FileCache files;
  private final Backends backends;
  private final List<LoopThread> loops = new ArrayList<>();
  private final CountDownLatch acceptStopped;
  private final CountDownLatch drained;
  private volatile Runnable whenDrained = () -> {};
  private final EventLog log;
  private final @Nullable AccessLog accessLog;
  private final String engine;

  private Running(
      Settings settings,
      EventLog log,
      Listeners listeners,
      FileCache files,
      Backends backends,
      @Nullable AccessLog accessLog,
      boolean ring) {
    this.log = log;
    this.accessLog = accessLog;
    this.backends = backends;
    this.listeners = listeners;
    this.files = files;
    this.engine = ring ? "io_uring" : "epoll";
    acceptStopped = new CountDownLatch(settings.threads());
    drained = new CountDownLatch(settings.threads());
  }

  /// Starts everything, or nothing.
  ///
  /// @param port to listen on; 0: a free one
  static Running start(
      Settings settings, int port, EventLog log, StartPoint.Watcher watcher, Runnable loopDied)
      throws OperatorException {
    boolean ring = wantRing(settings, log);
    Backends backends = new Backends(settings, log);
    Listeners listeners = new Listeners(settings, port, settings.threads());
    try {
      backends.refuseOurselves(listeners.port());
    } catch (OperatorException e) {
      listeners.close();
      throw e;
    }
    try {
      return startLoops(settings, log, listeners, backends, ring, loopDied);
    } catch (net.khttpd.kernel.KernelRefusal e) {
      if (settings.engine() == EngineChoice.IO_URING || !ring) {
        listeners.close();
        throw new OperatorException(
            "engine: " + settings.engine() + " cannot run here: " + Engines.sentence(e), e);
      }
      log.event("engine=epoll, because " + Engines.sentence(e));
      return startByEpoll(settings, log, listeners, backends, loopDied);
    } catch (OperatorException | RuntimeException e) {
      listeners.close();
      throw e;
    }
  }

  /// The listeners are those that the rings were to serve: what asked for the port keeps it.
  private static Running startByEpoll(
      Settings settings, EventLog log, Listeners listeners, Backends backends, Runnable loopDied)
      throws OperatorException {
    try {
      return startLoops(settings, log, listeners, backends, false, loopDied);
    } catch (OperatorException | RuntimeException e) {
      listeners.close();
      throw e;
    }
  }

  private static Running startLoops(
      Settings settings,
      EventLog log,
      Listeners listeners,
      Backends backends,
      boolean ring,
      Runnable loopDied)
      throws OperatorException {
    Policy policy = Policy.of(settings);
    FileCache files = new FileCache(config(settings), settings.threads(), new Preparation(policy));
    AccessLog accessLog;
    try {
      accessLog = accessLog(settings, log);
    } catch (OperatorException e) {
      files.close();
      throw e;
    }
    var running = new Running(settings, log, listeners, files, backends, accessLog, ring);
    var shared =
        new LoopStages.Shared(
            settings,
            policy,
            files,
            backends,
            new ConnectionLimit(settings.maxConnect(), settings.maxConnectClient()),
            log,
            accessLog,
            new SecureRandom().nextLong());
    try {
      for (int i = 0; i < settings.threads(); i++) {
        running.loops.add(
            LoopThread.start(
                i,
                ring,
                shared,
                listeners.descriptor(i),
                running.acceptStopped::countDown,
                running::loopDrained,
                loopDied));
      }
      return running;
    } catch (RuntimeException e) {
      boolean _ = running.end();
      throw e;
    }
  }

  int port() {
    return listeners.port();
  }

  String engine() {
    return engine;
  }

  int threads() {
    return loops.size();
  }

  List<Counters> counters() {
    return loops.stream().map(LoopThread::counters).toList();
  }

  /// What follows `khttpd: ready `: the URL, the engine and the number of threads.
  String ready(Settings settings) {
    return "http://%s:%d engine=%s threads=%d root=%s"
        .formatted(settings.address().urlHost(), port(), engine, threads(), settings.documentRoot());
  }

  /// Lets every loop use the new settings; returns when all do.
  ///
  /// @throws OperatorException if they cannot be had; then nothing has changed
  void apply(Settings before, Settings next) throws OperatorException {}

  /// Whether something that is used no more could not be freed yet.
  boolean hasRetired() {
    return false;
  }

  void freeRetired() {}

  void reopenLogs() {
    if (accessLog != null) {
      accessLog.reopen();
    }
  }

  /// Stops accepting and lets what is under way end; a connect is refused when it returns.
  ///
  /// @param whenDrained called once nothing is under way any more, by any thread
  void beginDrain(Runnable whenDrained) {
    this.whenDrained = whenDrained;
    loops.forEach(loop -> loop.execute(LoopStages::drain));
    awaitQuietly(acceptStopped, END_MILLIS);
    listeners.close();
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
    if (end()) {
      backends.close();
    }
  }

  /// False: a loop did not end, and what it may still use is not freed.
  private boolean end() {
    loops.forEach(loop -> loop.execute(LoopStages::closeAll));
    loops.forEach(LoopThread::end);
    for (LoopThread loop : loops) {
      if (!loop.join(END_MILLIS)) {
        log.event("a loop did not end within five seconds: its memory is not freed");
        return false;
      }
    }
    files.close();
    if (accessLog != null) {
      accessLog.close();
    }
    return true;
  }

  private static @Nullable AccessLog accessLog(Settings settings, EventLog log)
      throws OperatorException {
    if (!settings.logging()) {
      return null;
    }
    String path = settings.accessLog();
    try {
      if (isFifo(path)) {
        throw new OperatorException(
            "access_log: %s is a FIFO, whose opening waits for a reader; name a file, or - and pipe stdout"
                .formatted(path));
      }
      return new AccessLog(path, settings.accessLogFormat(), log);
    } catch (IOException e) {
      String cause = String.valueOf(e.getMessage()).replace(path + " ", "");
      throw new OperatorException(
          "access_log: %s cannot be opened for appending %s".formatted(path, cause), e);
    }
  }

  /// A FIFO with a name; /dev/stdout may be a pipe, which is open already.
  private static boolean isFifo(String path) throws IOException {
    try {
      Path real = Path.of(path).toRealPath();
      int type = (int) Files.getAttribute(real, "unix:mode") & S_IFMT;
      return type == S_IFIFO;
    } catch (NoSuchFileException e) {
      return false; // it will be made
    }
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

  static Config config(Settings settings) {
    return new Config(
        settings.documentRoot(),
        settings.marker(),
        settings.symlinkRoots(),
        settings.cacheBytes(),
        settings.cacheEntries(),
        Runtime.getRuntime().maxMemory() / 2,
        Math.min(settings.cacheEntries(), openFiles() / DESCRIPTORS_FOR_FILES_SHARE),
        settings.sendfileMin(),
        settings.etag() == EtagKind.CONTENT,
        System::nanoTime,
        System::currentTimeMillis);
  }

  /// RLIMIT_NOFILE as the kernel tells it; the JVM has raised the soft limit to the hard one.
  private static int openFiles() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
        if (line.startsWith("Max open files")) {
          return Integer.parseInt(line.substring(26).strip().split("\\s+")[0]);
        }
      }
    } catch (IOException | NumberFormatException e) {
      return 1024; // the traditional limit
    }
    return 1024;
  }

  private static void awaitQuietly(CountDownLatch latch, long millis) {
    try {
      latch.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
