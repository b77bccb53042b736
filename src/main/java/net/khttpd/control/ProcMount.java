package net.khttpd.control;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.khttpd.log.EventLog;
import net.khttpd.mount.Mounted;
import net.khttpd.mount.Source;
import net.khttpd.settings.OperatorException;
import org.jspecify.annotations.Nullable;

/// The files of `proc_mount`, where the settings want them. Thread-safe.
///
/// A change is prepared, which may fail or block for the directory, and then adopted or abandoned.
/// What is not wanted any more is unmounted by a thread of its own: the very write that ends it
/// comes through it, and must be answered before.
final class ProcMount {
  private static final String SETTING = "proc_mount";
  private static final long END_SECONDS = 5;

  /// What is wanted, and what is there for it: null if nothing is wanted or it could not be had.
  record Prepared(String directory, @Nullable Mounted mounted) {}

  private final Source source;
  private final EventLog log;
  private final List<Thread> ending = new ArrayList<>(); // guarded by this
  private Prepared present = new Prepared("", null); // guarded by this

  ProcMount(Source source, EventLog log) {
    this.source = source;
    this.log = log;
  }

  /// Whether nothing is to be prepared.
  synchronized boolean holds(String directory) {
    return directory.equals(present.directory());
  }

  /// Mounts what is wanted beside what is there; what is there already stays. A directory that is
  /// just being left is free again when that is done.
  ///
  /// @throws OperatorException if it cannot be had
  Prepared prepare(String directory) throws OperatorException {
    synchronized (this) {
      if (directory.equals(present.directory())) {
        return present;
      }
    }
    if (directory.isEmpty()) {
      return new Prepared(directory, null);
    }
    awaitEnd();
    return new Prepared(directory, Mounted.at(Path.of(directory), SETTING, source, log));
  }

  /// Says why what is wanted at the load cannot be had; the server goes on without.
  void goOnWithout(String directory, OperatorException why) {
    log.event(why.sentence() + " (the server goes on without these files)");
    adopt(new Prepared(directory, null));
  }

  /// From now on it is what was prepared.
  synchronized void adopt(Prepared next) {
    Mounted before = present.mounted();
    Mounted mounted = next.mounted();
    present = next;
    if (before != mounted && before != null) {
      unmount(before);
    }
    if (before != mounted && mounted != null) {
      log.event(SETTING + ": the settings are files in " + mounted.directory());
    }
  }

  /// It stays as it is.
  synchronized void abandon(Prepared next) {
    Mounted mounted = next.mounted();
    if (mounted != null && mounted != present.mounted()) {
      unmount(mounted);
    }
  }

  /// Nothing is wanted any more.
  void end() {
    adopt(new Prepared("", null));
  }

  /// Waits for the unmounts under way, some seconds at most.
  void awaitEnd() {
    List<Thread> left;
    synchronized (this) {
      left = List.copyOf(ending);
    }
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
    try {
      for (Thread thread : left) {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        thread.join(Math.max(1, millis));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void unmount(Mounted mounted) {
    ending.removeIf(thread -> !thread.isAlive());
    ending.add(Thread.ofPlatform().name("khttpd-unmount").daemon().start(mounted::close));
  }
}
