package net.khttpd.control;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import net.khttpd.client.Moved;
import net.khttpd.files.FileCaches;
import net.khttpd.kernel.KernelRefusal;
import net.khttpd.log.EventLog;
import net.khttpd.loop.Engines;
import net.khttpd.passon.Backends;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;
import net.khttpd.way.LoopStages;

/// The loops of a running server and the sockets on which they listen; how many loops there are, of
/// which engine, and where they listen may change while they serve.
///
/// A change happens in this order, so that no connection is lost: new sockets are bound and new
/// loops started (what fails here has changed nothing); then the new ones serve; then the old loops
/// leave their sockets, which others serve on; then their connections move to those who stay.
///
/// Used by the lifecycle thread, except what is said to be for any thread.
final class Crew {
  private static final long END_MILLIS = 5_000;
  private static final long LOOK_MILLIS = 100;

  /// Loops that may take their time to retire. Beyond that the oldest is ended, whatever it has
  /// under way: an exchange with a backend has no end that we could await.
  private static final int MOST_RETIRING = 32;

  /// How long a socket that gets no new connections is kept: longer than a handshake takes that was
  /// under way, its first repetitions included.
  private static final long LEFTOVER_NANOS = TimeUnit.SECONDS.toNanos(4);

  private final EventLog log;
  private final Runnable loopDied;
  private final List<LoopThread> retiring = new ArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();
  private volatile List<LoopThread> loops = List.of();
  private volatile Runnable whenDrained = () -> {};
  private Listeners listeners;
  private boolean ring;
  private boolean draining;
  private long shrunkNanos;

  private Crew(Listeners listeners, EventLog log, Runnable loopDied) {
    this.listeners = listeners;
    this.log = log;
    this.loopDied = loopDied;
  }

  /// Starts the loops and lets them serve the listeners; or nothing, and the listeners are still
  /// the caller's.
  ///
  /// @param listeners that listen already
  /// @throws KernelRefusal if the kernel refuses the engine
  static Crew start(
      LoopStages.Shared shared,
      Listeners listeners,
      boolean ring,
      StartPoint.Watcher watcher,
      Runnable loopDied)
      throws OperatorException {
    var crew = new Crew(listeners, shared.log(), loopDied);
    crew.ring = ring;
    List<LoopThread> started = crew.startLoops(shared.settings().threads(), ring, shared, watcher);
    crew.staff(started);
    listeners.serve(started);
    return crew;
  }

  int port() {
    return listeners.port();
  }

  String engine() {
    return ring ? "io_uring" : "epoll";
  }

  /// Those that serve; any thread.
  List<LoopThread> loops() {
    return loops;
  }

  /// What a change of `threads`, `engine`, `serverport` and `address` comes to: all that can be
  /// refused is there, and nothing has changed yet.
  ///
  /// @param joining those of the loops that are new
  record Plan(
      List<LoopThread> loops, List<LoopThread> joining, Listeners listeners, boolean ring) {}

  /// Makes what a change needs; [#change] or [#abandon] follows.
  ///
  /// @param shared what new loops are given
  /// @throws OperatorException if it cannot be had; then nothing has changed
  Plan plan(Settings before, Settings next, LoopStages.Shared shared) throws OperatorException {
    boolean wantRing = wantedRing(before, next);
    int count = next.threads();
    boolean moves = !draining && moves(before, next);
    if (draining || (!moves && wantRing == ring && count == loops.size())) {
      return new Plan(loops, List.of(), listeners, ring);
    }
    Listeners fresh = moves ? bindAnew(before, next) : listeners;
    List<LoopThread> joining = List.of();
    try {
      Backends.refuseOurselves(shared.backendSets(), next.address(), fresh.port());
      fresh.bindMore(count);
      joining = join(wantRing, count, shared);
      fresh.listen(next.backlog());
    } catch (OperatorException | RuntimeException e) {
      abandon(new Plan(loops, joining, fresh, ring));
      throw e;
    }
    var crew = new ArrayList<>(wantRing == ring ? loops : List.<LoopThread>of());
    crew.addAll(joining);
    return new Plan(List.copyOf(crew.subList(0, count)), joining, fresh, wantRing);
  }

  /// Gives back what was made for a change that does not come.
  void abandon(Plan plan) {
    plan.joining().forEach(LoopThread::end);
    if (plan.listeners() == listeners) {
      listeners.unbind();
    } else {
      plan.listeners().close();
    }
  }

  /// Follows the plan: in effect when it returns, without a failed request.
  void change(Plan plan) {
    if (plan.loops().equals(loops) && plan.listeners() == listeners) {
      return;
    }
    var leaving = new ArrayList<>(loops);
    leaving.removeAll(plan.loops());
    Listeners old = listeners;
    listeners = plan.listeners();
    ring = plan.ring();
    staff(plan.loops());
    listeners.serve(loops);
    if (listeners != old) {
      old.end();
    }
    shrunkNanos = System.nanoTime();
    retiring.addAll(leaving);
    leaving.forEach(loop -> loop.retire(this::adopt));
  }

  void backlog(int connections) {
    listeners.backlog(connections);
  }

  /// Runs a task on every loop, those that retire included; returns when it has run. False: a loop
  /// has not done so within five seconds.
  boolean everywhere(Consumer<LoopStages> task) {
    List<LoopThread> all = all();
    var ran = ConcurrentHashMap.<LoopThread>newKeySet();
    var done = new CountDownLatch(all.size());
    for (LoopThread loop : all) {
      loop.execute(stages -> {
        try {
          task.accept(stages);
        } finally {
          ran.add(loop);
          done.countDown();
        }
      });
    }
    long begun = System.nanoTime();
    do {
      if (awaitQuietly(done) || all.stream().allMatch(l -> l.hasEnded() || ran.contains(l))) {
        return true;
      }
    } while (System.nanoTime() - begun < TimeUnit.MILLISECONDS.toNanos(END_MILLIS));
    return false;
  }

  private static boolean awaitQuietly(CountDownLatch done) {
    try {
      return done.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void staff(List<LoopThread> crew) {
    loops = List.copyOf(crew);
  }

  /// Whether other sockets are wanted than there are.
  private boolean moves(Settings before, Settings next) {
    boolean otherPort =
        next.serverPort() != before.serverPort() && next.serverPort() != listeners.port();
    return otherPort || !next.address().equals(listeners.address());
  }

  private Listeners bindAnew(Settings before, Settings next) throws OperatorException {
    boolean same = next.serverPort() == before.serverPort();
    int port = same ? listeners.port() : next.serverPort();
    return Listeners.bind(next, port, next.threads(), listeners);
  }

  /// The loops that are to join those that stay.
  private List<LoopThread> join(boolean wantRing, int count, LoopStages.Shared shared)
      throws OperatorException {
    int staying = wantRing == ring ? loops.size() : 0;
    int more = Math.max(0, count - staying);
    makeRoom(more);
    try {
      return startLoops(more, wantRing, shared, StartPoint.Watcher.NONE);
    } catch (KernelRefusal e) {
      throw new OperatorException(
          "%s: the kernel refuses another loop: %s"
              .formatted(wantRing == ring ? "threads" : "engine", Engines.sentence(e)),
          e);
    }
  }

  /// Sees to it that as many numbers are free as loops start, and that not too many retire.
  private void makeRoom(int starting) throws OperatorException {
    forgetEnded();
    int free = FileCaches.LOOPS - loops.size() - retiring.size();
    int most = Math.max(MOST_RETIRING, loops.size());
    int surplus = Math.max(starting - free, retiring.size() - most);
    if (surplus > 0) {
      List<LoopThread> oldest =
          List.copyOf(retiring.subList(0, Math.min(surplus, retiring.size())));
      log.event("loops", surplus + " loops retire for too long: their connections are closed");
      oldest.forEach(LoopThread::end);
      oldest.forEach(loop -> loop.join(END_MILLIS));
      forgetEnded();
    }
    if (starting > FileCaches.LOOPS - loops.size() - retiring.size()) {
      throw new OperatorException("threads: too many loops of earlier changes have not ended yet");
    }
  }

  private List<LoopThread> startLoops(
      int count, boolean withRing, LoopStages.Shared shared, StartPoint.Watcher watcher)
      throws OperatorException {
    var started = new ArrayList<LoopThread>();
    var used = new BitSet();
    loops.forEach(loop -> used.set(loop.index()));
    retiring.forEach(loop -> used.set(loop.index()));
    try {
      while (started.size() < count) {
        int index = used.nextClearBit(0);
        used.set(index);
        started.add(LoopThread.start(index, withRing, shared, this::drainedNow, loopDied));
        watcher.reached(StartPoint.LOOP_STARTED);
      }
      return started;
    } catch (OperatorException | RuntimeException | Error e) {
      started.forEach(LoopThread::end);
      started.forEach(loop -> loop.join(END_MILLIS));
      throw e;
    }
  }

  /// Whether rings are wanted. Where `auto` cannot have them, what serves now serves on.
  private boolean wantedRing(Settings before, Settings next) throws OperatorException {
    if (draining || next.engine() == before.engine()) {
      return ring;
    }
    return EngineWish.ring(next.engine(), log);
  }

  /// Gives a connection to a loop that stays, each in turn. Any thread.
  private boolean adopt(Moved moved) {
    List<LoopThread> now = loops;
    int first = turn.incrementAndGet();
    for (int i = 0; i < now.size(); i++) {
      if (now.get(Math.floorMod(first + i, now.size())).adopt(moved)) {
        return true;
      }
    }
    return false;
  }

  /// Whether [#tend] has something to do, sooner or later.
  boolean needsTending() {
    return !draining && (!retiring.isEmpty() || listeners.count() > loops.size());
  }

  /// Closes sockets that have been without new connections for long enough, and forgets loops that
  /// have ended.
  void tend() {
    if (draining) {
      return; // what is left ends with the server
    }
    forgetEnded();
    boolean surplus = listeners.count() > loops.size();
    if (surplus && System.nanoTime() - shrunkNanos > LEFTOVER_NANOS) {
      listeners.shrink(loops.size());
    }
  }

  private void forgetEnded() {
    retiring.removeIf(LoopThread::hasEnded);
  }

  /// Stops accepting and lets what is under way end; a connect is refused when it returns.
  ///
  /// @param drained called, by any thread, each time that a loop has nothing under way any more
  void beginDrain(Runnable drained) {
    whenDrained = drained;
    draining = true;
    List<LoopThread> all = all();
    all.forEach(LoopThread::adoptNoMore);
    listeners.refuseNew();
    all.forEach(LoopThread::drain);
    all.forEach(LoopThread::awaitAcceptStopped);
    listeners.close();
  }

  boolean isDrained() {
    return all().stream().allMatch(LoopThread::isDrained);
  }

  /// Ends all loops. False: one did not end, and what it may still use must not be freed.
  boolean end() {
    List<LoopThread> all = all();
    all.forEach(LoopThread::end);
    return all.stream().allMatch(loop -> loop.join(END_MILLIS));
  }

  private List<LoopThread> all() {
    var all = new ArrayList<>(loops);
    all.addAll(retiring);
    return all;
  }

  private void drainedNow() {
    whenDrained.run();
  }
}
