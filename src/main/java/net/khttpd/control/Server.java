package net.khttpd.control;

import java.util.List;
import net.khttpd.log.EventLog;
import net.khttpd.metrics.Metrics;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;
import net.khttpd.statistics.Statistics;

/// A server: settings that may be written at any time, a log, and the one lifecycle thread that
/// owns its state ([Lifecycle]).
///
/// Calls may come from any thread. The lifecycle thread does them one after the other, so nothing
/// is ever half-started; a call returns when its effect is there, and has a bound in time. Several
/// servers may live in one JVM.
public final class Server implements AutoCloseable {
  /// Where a server is in its life.
  public enum State {
    IDLE,
    STARTING,
    RUNNING,
    DRAINING,
    ENDED
  }

  /// How long a command waits for its turn, besides twice `drain`: earlier commands may wait for
  /// names, files and loops.
  private static final long TURN_MILLIS = 60_000;

  private static final long END_MILLIS = 10_000;
  private static final String OURSELVES = "the program";

  private final Statistics statistics = new Statistics();
  private final ProcMount files;
  private final Lifecycle lifecycle;
  private volatile boolean broken;
  private volatile Runnable whenBroken = () -> {};

  public Server(Settings settings, EventLog log) {
    this(settings, log, StartPoint.Watcher.NONE);
  }

  /// @param watcher told of the points of each start
  Server(Settings settings, EventLog log, StartPoint.Watcher watcher) {
    var metrics = new Metrics(statistics, log);
    files = new ProcMount(new ServerSource(this), log);
    lifecycle = new Lifecycle(settings, log, statistics, metrics, files, watcher, this::loopDied);
  }

  /// Writes all assignments (`NAME=VALUE`, as of `sysctl -w`) or none. Returns when their effect is
  /// there: for start, connections are accepted; for stop, what was under way has ended and a
  /// connect is refused; other settings are used by every loop.
  ///
  /// @param who asks, for the event log: `root (uid 0, pid 123)`
  /// @throws OperatorException why not, in one sentence; then nothing has changed
  public void write(List<String> assignments, String who) throws OperatorException {
    var copy = List.copyOf(assignments);
    String _ =
        call(
            draft -> {
              for (String assignment : copy) {
                draft.write(assignment);
              }
            },
            who,
            true);
  }

  /// The same for a whole new configuration. Other than a write of `start=0`, a draft in which
  /// `start` is 0 leaves a running server running.
  ///
  /// @param change turns a draft of the present settings into the wanted ones
  public void change(DraftChange change, String who) throws OperatorException {
    String _ = call(change, who, false);
  }

  /// The present settings. `start` reads 1 while running, `stop` while draining.
  public Settings settings() {
    return lifecycle.settings();
  }

  public State state() {
    return lifecycle.state();
  }

  /// Whether a loop has died of a fault of ours: its connections are lost, and nothing but an end
  /// of the process is honest.
  public boolean broken() {
    return broken;
  }

  /// Calls `action` once that has happened; any thread.
  public void whenBroken(Runnable action) {
    whenBroken = action;
  }

  /// Returns once what is wanted from the load on is there: the files of `proc_mount`, or a line in
  /// the log that says why not.
  public void awaitLoaded() {
    lifecycle.awaitLoaded();
  }

  /// Calls `action` once the server has ended, by unload or [#close], after whoever wrote that has
  /// been answered.
  public void whenUnloaded(Runnable action) {
    lifecycle.whenUnloaded(action);
  }

  /// Accepts connections from now on, and returns what follows `khttpd: ready `: the URL, the
  /// engine and the number of threads. If it runs already, just that.
  ///
  /// @throws OperatorException in one sentence, naming the setting; nothing is left behind
  public String start() throws OperatorException {
    return call(draft -> draft.write("start", "1"), OURSELVES, true);
  }

  /// Stops accepting, lets what is under way end (`drain` seconds at most), then closes the rest.
  /// When it returns, a connect is refused.
  public void stop() {
    end("stop");
  }

  /// As [#stop], without waiting for anything under way; hastens a stop that is draining.
  public void stopNow() {
    lifecycle.hasten();
    stop();
  }

  /// Stops and ends the lifecycle thread; the server cannot be started again.
  @Override
  public void close() {
    end("unload");
    lifecycle.join(END_MILLIS);
    files.awaitEnd();
  }

  /// Opens the access log by its name again, after it has been renamed (logrotate(8)).
  public void reopenLogs() {
    Running now = lifecycle.running();
    if (now != null) {
      now.reopenLogs();
    }
  }

  /// Every rule's verdict on `GET target`, and what follows, by the files, the rules and the
  /// backends of this server; without them while it is not started.
  ///
  /// @throws OperatorException if earlier explanations wait for a file system
  public List<String> explain(String target) throws OperatorException {
    Running now = lifecycle.running();
    return now == null ? Explaining.offline(target, settings()) : now.explain(target);
  }

  /// The figures, over all starts and stops. Any thread.
  public Statistics statistics() {
    return statistics;
  }

  private void end(String verb) {
    if (state() == State.ENDED) {
      return;
    }
    try {
      String _ = call(draft -> draft.write(verb, "1"), OURSELVES, true);
    } catch (OperatorException e) {
      if (state() != State.ENDED) {
        throw new IllegalStateException(verb + " was refused: " + e.sentence(), e);
      }
    }
  }

  private String call(DraftChange change, String who, boolean literal) throws OperatorException {
    var command = new Command(change, who, literal);
    lifecycle.submit(command);
    long drainMillis = settings().drainMillis();
    return command.await(TURN_MILLIS + 2 * drainMillis, drainMillis);
  }

  private void loopDied() {
    broken = true;
    whenBroken.run();
  }
}
