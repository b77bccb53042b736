package net.khttpd.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import net.khttpd.accept.ConnectionLimit;
import net.khttpd.decide.Sites;
import net.khttpd.files.Bounds;
import net.khttpd.files.Clocks;
import net.khttpd.files.Config;
import net.khttpd.files.FileCaches;
import net.khttpd.files.Hints;
import net.khttpd.http.RequestPath;
import net.khttpd.log.AccessLog;
import net.khttpd.log.EventLog;
import net.khttpd.passon.BackendSets;
import net.khttpd.passon.Backends;
import net.khttpd.settings.EtagKind;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;
import net.khttpd.settings.SymlinkKind;
import net.khttpd.statistics.Statistics;
import net.khttpd.way.LoopStages.Shared;
import org.jspecify.annotations.Nullable;

/// What the loops of a running server share: rules, files, backends, the access log, the limit of
/// connections. A change of settings prepares the next of these beside the present ones; when every
/// loop uses the next, what it replaced is retired, and freed once nothing of it is in flight.
///
/// Used by the lifecycle thread; [#prepare] and [#abandon] may run beside it.
final class SharedParts {
  private static final int DESCRIPTORS_FOR_FILES_SHARE = 4;
  private static final int S_IFMT = 0170000;
  private static final int S_IFIFO = 0010000;

  private final List<FileCaches> retired = new CopyOnWriteArrayList<>();
  private volatile Shared present;

  private SharedParts(Shared first) {
    this.present = first;
    tell(first);
  }

  /// Makes all for a start; may block.
  static SharedParts open(Settings settings, Statistics statistics, EventLog log)
      throws OperatorException {
    var backends = new Backends(log);
    BackendSets sets = backends.resolve(HostPlan.of(settings).settings(), true);
    AccessLog accessLog = settings.logging() ? openLog(settings, log) : null;
    advise(settings, log);
    try {
      long seed = new SecureRandom().nextLong();
      var hints = new Hints(path -> RequestPath.hashOf(path, seed), log::event);
      var caches = new FileCaches(bounds(settings), Clocks.SYSTEM, hints);
      backends.adopt(sets);
      return new SharedParts(
          new Shared(
              settings,
              HostPlan.of(settings).open(caches),
              backends,
              sets,
              new ConnectionLimit(settings.maxConnect(), settings.maxConnectClient()),
              log,
              accessLog,
              statistics,
              seed));
    } catch (RuntimeException e) {
      if (accessLog != null) {
        accessLog.close();
      }
      throw e;
    }
  }

  private static void advise(Settings settings, EventLog log) {
    String advice = StartChecks.advice(settings);
    if (advice != null) {
      log.event(advice);
    }
  }

  Shared present() {
    return present;
  }

  /// What the loops shall share by these settings; may block, and changes nothing.
  ///
  /// @param port that the server listens on
  /// @throws OperatorException naming the setting
  Shared prepare(Settings next, int port) throws OperatorException {
    Shared from = present;
    HostPlan before = HostPlan.of(from.settings());
    HostPlan plan = HostPlan.of(next);
    boolean sameBackends = before.backends().equals(plan.backends());
    BackendSets sets =
        sameBackends ? from.backendSets() : from.backends().resolve(plan.settings(), false);
    Backends.refuseOurselves(sets, next.address(), port);
    if (!from.settings().orders().equals(next.orders())) {
      advise(next, from.log());
    }
    boolean sameFiles = before.files().equals(plan.files());
    Sites sites =
        sameFiles ? from.sites() : plan.open(from.sites().family().successor(bounds(next)));
    AccessLog accessLog;
    try {
      accessLog = nextLog(from, next);
    } catch (OperatorException e) {
      if (!sameFiles) {
        retire(sites.family());
      }
      throw e;
    }
    return new Shared(
        next,
        sites,
        from.backends(),
        sets,
        from.limit(),
        from.log(),
        accessLog,
        from.statistics(),
        from.seed());
  }

  /// Gives back what was prepared and shall not be used.
  void abandon(Shared prepared) {
    if (prepared.sites() != present.sites()) {
      retire(prepared.sites().family());
    }
    AccessLog accessLog = prepared.accessLog();
    if (accessLog != null && accessLog != present.accessLog()) {
      accessLog.close();
    }
  }

  /// Before the loops are told: what is not theirs alone holds from now on.
  void begin(Shared next) {
    Settings settings = next.settings();
    next.limit().apply(settings.maxConnect(), settings.maxConnectClient());
    next.backends().adopt(next.backendSets());
    AccessLog accessLog = next.accessLog();
    if (accessLog != null && accessLog == present.accessLog()) {
      accessLog.apply(settings.accessLog(), settings.accessLogFormat());
    }
  }

  /// Every loop uses the next now.
  void adopt(Shared next) {
    Shared before = present;
    present = next;
    if (before.sites() != next.sites()) {
      retire(before.sites().family());
    }
    AccessLog accessLog = before.accessLog();
    if (accessLog != null && accessLog != next.accessLog()) {
      accessLog.close();
    }
    tell(next);
  }

  /// What the statistics ask from now on; what it replaces has been closed.
  private static void tell(Shared now) {
    now.statistics().files(now.sites().family());
    now.statistics().backends(now.backends());
    now.statistics().accessLog(now.accessLog());
  }

  boolean hasRetired() {
    return !retired.isEmpty();
  }

  /// Frees of what is used no more all that is not in flight.
  void freeRetired() {
    retired.removeIf(FileCaches::retire);
  }

  void reopenLogs() {
    AccessLog accessLog = present.accessLog();
    if (accessLog != null) {
      accessLog.reopen();
    }
  }

  /// Ends everything; the loops have ended.
  void close() {
    retired.forEach(FileCaches::close);
    present.sites().family().close();
    present.backends().close();
    AccessLog accessLog = present.accessLog();
    if (accessLog != null) {
      accessLog.close();
    }
    present.statistics().files(null);
    present.statistics().backends(null);
    present.statistics().accessLog(null);
  }

  private void retire(FileCaches files) {
    if (!files.retire()) {
      retired.add(files);
    }
  }

  private static @Nullable AccessLog nextLog(Shared from, Settings next) throws OperatorException {
    AccessLog present = from.accessLog();
    if (!next.logging()) {
      return null;
    }
    if (present == null) {
      return openLog(next, from.log());
    }
    if (!from.settings().accessLog().equals(next.accessLog())) {
      try {
        refuseFifo(next.accessLog());
        AccessLog.check(next.accessLog());
      } catch (IOException e) {
        throw cannotOpen(next, e);
      }
    }
    return present;
  }

  private static AccessLog openLog(Settings settings, EventLog log) throws OperatorException {
    try {
      refuseFifo(settings.accessLog());
      return new AccessLog(settings.accessLog(), settings.accessLogFormat(), log);
    } catch (IOException e) {
      throw cannotOpen(settings, e);
    }
  }

  private static OperatorException cannotOpen(Settings settings, IOException why) {
    String path = settings.accessLog();
    String cause = String.valueOf(why.getMessage()).replace(path + " ", "");
    return new OperatorException(
        "access_log: %s cannot be opened for appending %s".formatted(path, cause), why);
  }

  /// A FIFO with a name; /dev/stdout may be a pipe, which is open already.
  private static void refuseFifo(String path) throws IOException, OperatorException {
    try {
      Path real = Path.of(path).toRealPath();
      if (((int) Files.getAttribute(real, "unix:mode") & S_IFMT) == S_IFIFO) {
        throw new OperatorException(
            "access_log: %s is a FIFO, whose opening waits for a reader; name a file, or - and pipe stdout"
                .formatted(path));
      }
    } catch (NoSuchFileException e) {
      return; // it will be made
    }
  }

  static Config config(Settings settings) {
    return new Config(
        settings.documentRoot(),
        settings.marker(),
        settings.symlinks() == SymlinkKind.BENEATH,
        settings.symlinkRoots(),
        settings.sendfileMin(),
        settings.answers().etag() == EtagKind.CONTENT);
  }

  /// No marker says anything about files that a backend orders.
  static Config configOfOrders(Settings settings) {
    return new Config(
        settings.orders().root(),
        List.of(),
        settings.symlinks() == SymlinkKind.BENEATH,
        settings.symlinkRoots(),
        settings.sendfileMin(),
        settings.answers().etag() == EtagKind.CONTENT);
  }

  static Bounds bounds(Settings settings) {
    return new Bounds(
        settings.cacheBytes(),
        settings.cacheEntries(),
        Runtime.getRuntime().maxMemory() / 2,
        Math.min(settings.cacheEntries(), openFiles() / DESCRIPTORS_FOR_FILES_SHARE));
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
}
