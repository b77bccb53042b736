package net.khttpd.control;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.khttpd.log.EventLog;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;
import org.jspecify.annotations.Nullable;

/// A server: settings, a log, and the one lifecycle thread that owns its state.
///
/// idle → starting → running → draining → idle, and from each of them → ended. Calls may come from
/// any thread; the lifecycle thread does them one after the other, so nothing is ever half-started,
/// and a call returns when its effect is there. Several servers may live in one JVM.
public final class Server implements AutoCloseable {
  /// Where a server is in its life.
  public enum State {
    IDLE,
    STARTING,
    RUNNING,
    DRAINING,
    ENDED
  }

  private final Settings settings;
  private final EventLog log;
  private final ExecutorService lifecycle =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("khttpd-lifecycle").daemon().factory());
  private final CountDownLatch hurry = new CountDownLatch(1);
  private volatile State state = State.IDLE;
  private volatile boolean broken;
  private volatile Runnable whenBroken = () -> {};
  private @Nullable Running running;

  /// The port that was bound last; `serverport=0` keeps it over stop and start.
  private int port;

  public Server(Settings settings, EventLog log) {
    this.settings = settings;
    this.log = log;
    this.port = settings.serverPort();
  }

  public State state() {
    return state;
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

  /// Accepts connections from now on, and returns what follows `khttpd: ready `: the URL, the
  /// engine and the number of threads. If it runs already, just that.
  ///
  /// @throws OperatorException in one sentence, naming the setting; nothing is left behind
  public String start() throws OperatorException {
    Future<String> started = lifecycle.submit(this::doStart);
    try {
      return started.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof OperatorException refusal) {
        throw refusal;
      }
      throw new IllegalStateException("the server could not start", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while starting", e);
    }
  }

  /// Stops accepting, lets what is under way end (`drain` seconds at most), then closes the rest.
  /// When it returns, a connect is refused.
  public void stop() {
    await(lifecycle.submit(this::doStop));
  }

  /// As [#stop], without waiting for anything under way; hastens a stop that is draining.
  public void stopNow() {
    hurry.countDown();
    stop();
  }

  /// Stops and ends the lifecycle thread; the server cannot be started again.
  @Override
  public void close() {
    if (state != State.ENDED) {
      stop();
      state = State.ENDED;
      lifecycle.shutdown();
    }
  }

  /// The counters of the running loops, for tests and statistics; empty while idle.
  public java.util.List<net.khttpd.client.Counters> counters() {
    Running now = running;
    return now == null ? java.util.List.of() : now.counters();
  }

  private String doStart() throws OperatorException {
    Running now = running;
    if (now == null) {
      state = State.STARTING;
      try {
        now = Running.start(settings, port, log, this::loopDied);
        port = now.port();
        running = now;
      } finally {
        state = running == null ? State.IDLE : State.RUNNING;
      }
    }
    return "http://%s:%d engine=%s threads=%d root=%s"
        .formatted(
            settings.address().urlHost(),
            now.port(),
            now.engine(),
            now.threads(),
            settings.documentRoot());
  }

  private void loopDied() {
    broken = true;
    whenBroken.run();
  }

  private void doStop() {
    Running now = running;
    if (now != null) {
      state = State.DRAINING;
      now.drain(settings.drainMillis(), hurry);
      running = null;
      state = State.IDLE;
    }
  }

  private static void await(Future<?> done) {
    try {
      done.get(10, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException("the lifecycle thread failed", e);
    }
  }
}
