package net.khttpd.control;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import net.khttpd.control.Server.State;
import net.khttpd.log.EventLog;
import net.khttpd.metrics.Metrics;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;
import net.khttpd.statistics.Statistics;
import org.jspecify.annotations.Nullable;

/// The lifecycle thread: takes commands from a bounded queue, one after the other, and owns what is
/// running. Nobody else changes the state or the settings.
///
///     idle ─start→ starting → running ─stop→ draining → idle
///     any of them ─unload→ (draining →) ended
///
/// While draining it goes on taking commands: a stop waits for the same end, a start (and what was
/// written behind one) waits until it is over, and other settings act at once, `drain` included.
/// An unload refuses the starts that wait.
final class Lifecycle {
  /// Commands that may wait; more than that is nobody's intention.
  private static final int MOST_WAITING = 64;

  /// While something retired is still in flight, how often to look whether it can be freed.
  private static final long LOOK_AGAIN_MILLIS = 500;

  private final EventLog log;
  private final Statistics statistics;
  private final Outlets outlets;
  private final StartPoint.Watcher watcher;
  private final Runnable loopDied;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final ArrayDeque<Command> queue = new ArrayDeque<>(); // guarded by lock
  private boolean nudged; // guarded by lock
  private boolean closed; // guarded by lock

  // Read by any thread, written by the lifecycle thread.
  private volatile Settings settings;
  private volatile State state = State.IDLE;
  private volatile @Nullable Running running;
  private volatile boolean hurry;
  private volatile Runnable whenUnloaded = () -> {};

  // The lifecycle thread's own.
  private final Patience patience = new Patience();
  private final CountDownLatch loaded = new CountDownLatch(1);
  private final List<Command> untilIdle = new ArrayList<>();
  private final ArrayDeque<Command> deferred = new ArrayDeque<>();
  private boolean unloading;
  private long drainBegunNanos;
  private long changes;

  /// The port that was bound last; `serverport=0` keeps it over stop and start.
  private int port;

  Lifecycle(
      Settings settings,
      EventLog log,
      Statistics statistics,
      Metrics metrics,
      ProcMount files,
      StartPoint.Watcher watcher,
      Runnable loopDied) {
    this.statistics = statistics;
    this.outlets = new Outlets(metrics, files, patience);
    this.settings = Flags.neutral(settings);
    this.port = settings.serverPort();
    this.log = log;
    this.watcher = watcher;
    this.loopDied = loopDied;
    thread = Thread.ofPlatform().name("khttpd-lifecycle").daemon().unstarted(this::run);
    thread.start();
  }

  // From any thread

  /// Lets the command wait for its turn.
  ///
  /// @throws OperatorException if too many wait, or nobody will come any more
  void submit(Command command) throws OperatorException {
    lock.lock();
    try {
      if (closed) {
        throw new OperatorException("the server has been unloaded");
      }
      if (queue.size() >= MOST_WAITING) {
        throw new OperatorException(
            "%d changes wait already: nothing was changed".formatted(queue.size()));
      }
      queue.add(command);
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Ends a drain under way, or the next one, without waiting for requests.
  void hasten() {
    hurry = true;
    nudge();
  }

  Settings settings() {
    return settings;
  }

  State state() {
    return state;
  }

  @Nullable Running running() {
    return running;
  }

  /// Returns once commands are taken.
  void awaitLoaded() {
    try {
      loaded.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void whenUnloaded(Runnable action) {
    whenUnloaded = action;
  }

  /// Waits for the thread's end; not from the thread itself.
  void join(long millis) {
    try {
      thread.join(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void nudge() {
    lock.lock();
    try {
      nudged = true;
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  // The thread

  private void run() {
    try {
      outlets.begin(settings);
    } catch (RuntimeException | Error e) {
      log.event("fault", "a fault of ours on the lifecycle thread: " + e);
    }
    loaded.countDown();
    while (state != State.ENDED) {
      try {
        Command next = next();
        if (next != null) {
          take(next);
        }
        if (state == State.DRAINING && drainIsOver()) {
          finishDrain();
        }
        Running now = running;
        if (now != null) {
          now.freeRetired();
        }
      } catch (RuntimeException | Error e) {
        log.event("fault", "a fault of ours on the lifecycle thread: " + e);
      }
    }
    whenUnloaded.run();
  }

  /// The next command; null if there is something else to look at.
  private @Nullable Command next() {
    Command waiting = state == State.DRAINING ? null : deferred.poll();
    if (waiting != null) {
      return waiting;
    }
    lock.lock();
    try {
      long left = nanosToLook();
      while (queue.isEmpty() && !nudged && left > 0) {
        left = news.awaitNanos(left);
      }
      nudged = false;
      return queue.poll();
    } catch (InterruptedException e) {
      return null; // nobody interrupts this thread; look again
    } finally {
      lock.unlock();
    }
  }

  private long nanosToLook() {
    Running now = running;
    if (state == State.DRAINING) {
      return drainBegunNanos + settings.drainMillis() * 1_000_000 - System.nanoTime();
    }
    return now != null && now.hasRetired()
        ? TimeUnit.MILLISECONDS.toNanos(LOOK_AGAIN_MILLIS)
        : Long.MAX_VALUE;
  }

  /// Does a command, or puts it where it waits for the end of the drain.
  private void take(Command command) {
    try {
      Settings next = Flags.wanted(command, settings, state);
      boolean ends = next.stop() || next.unload();
      if (state == State.DRAINING && !next.unload()) {
        if (next.start() || (ends && !deferred.isEmpty())) {
          deferred.add(command);
          return;
        }
      }
      if (command.begin()) {
        change(command, next, ends);
      }
    } catch (OperatorException refusal) {
      command.refuse(refusal);
    } catch (RuntimeException | Error fault) {
      log.event("fault", "a fault of ours: " + fault);
      command.refuse(fault);
    }
  }

  private void change(Command command, Settings next, boolean ends) throws OperatorException {
    Running now = running;
    if (now == null && next.start() && !ends) {
      start(command, next);
      return;
    }
    Outlets.Prepared prepared = outlets.prepare(next);
    try {
      if (now != null) {
        now.apply(settings, next);
      } else {
        check(() -> StartChecks.checkChange(settings, next));
      }
    } catch (OperatorException | RuntimeException | Error e) {
      outlets.abandon(prepared);
      throw e;
    }
    outlets.adopt(prepared);
    adopt(command, next, now != null);
    if (now != null && state == State.RUNNING) {
      port = now.port();
    }
    if (!ends) {
      command.answer(now == null ? "" : now.ready(settings));
      return;
    }
    unloading |= next.unload();
    untilIdle.add(command);
    if (now == null) {
      becomeIdle();
    } else if (state == State.RUNNING) {
      beginDrain(now, command);
    }
    publish(state);
  }

  private void start(Command command, Settings next) throws OperatorException {
    Settings before = settings;
    int wanted = next.serverPort() == before.serverPort() ? port : next.serverPort();
    Outlets.Prepared prepared = outlets.prepare(next);
    publish(State.STARTING);
    try {
      check(() -> StartChecks.check(next));
      running = Running.start(next, wanted, log, statistics, patience, watcher, loopDied);
    } finally {
      if (running == null) {
        outlets.abandon(prepared);
        publish(State.IDLE);
      }
    }
    outlets.adopt(prepared);
    hurry = false;
    adopt(command, next, false);
    publish(State.RUNNING);
    log.event("change-" + ++changes, "started, asked by " + command.who());
    Running now = running;
    if (now != null) {
      port = now.port();
      command.answer(now.ready(next));
    }
  }

  /// Judges what must not be refused too late; a file system that hangs does not hang us.
  private void check(Check check) throws OperatorException {
    boolean _ =
        patience.await(
            () -> {
              check.run();
              return true;
            },
            _ -> {});
  }

  private interface Check {
    void run() throws OperatorException;
  }

  /// The settings are those from now on; says what has changed and who asked.
  ///
  /// @param running whether something was running, to which some changes come too late
  private void adopt(Command command, Settings next, boolean running) {
    Settings before = settings;
    if (next.serverPort() != before.serverPort()) {
      port = next.serverPort();
    }
    for (String sentence : Changes.of(before, next, running)) {
      log.event("change-" + ++changes, sentence + ", asked by " + command.who());
    }
    settings = Flags.of(next, state, unloading);
  }

  private void beginDrain(Running now, Command command) {
    log.event("change-" + ++changes, "stopping, asked by " + command.who());
    publish(State.DRAINING);
    drainBegunNanos = System.nanoTime();
    now.beginDrain(this::nudge);
  }

  private boolean drainIsOver() {
    Running now = running;
    return now == null || now.isDrained() || hurry || nanosToLook() <= 0;
  }

  private void finishDrain() {
    Running now = running;
    try {
      if (now != null) {
        now.finishDrain();
      }
    } finally {
      running = null;
      becomeIdle();
    }
  }

  /// Nothing runs any more: tells those who waited for it, and ends if that is wanted.
  private void becomeIdle() {
    if (unloading) {
      close();
    }
    publish(unloading ? State.ENDED : State.IDLE);
    untilIdle.forEach(command -> command.answer(""));
    untilIdle.clear();
  }

  private void close() {
    outlets.close();
    lock.lock();
    try {
      closed = true;
      deferred.addAll(queue);
      queue.clear();
    } finally {
      lock.unlock();
    }
    deferred.forEach(late -> late.refuse(new OperatorException("the server has been unloaded")));
    deferred.clear();
  }

  /// Whoever sees the state sees what `start` and `stop` read in it.
  private void publish(State next) {
    settings = Flags.of(settings, next, unloading);
    state = next;
  }
}
