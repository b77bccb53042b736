package net.khttpd.files;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The threads on which cold file operations may block. Thread-safe.
///
/// At most [#PER_FILE_SYSTEM] operations of one file system run at a time, so a mount that hangs
/// holds that many threads and delays only those who ask for its files; the rest wait in a bounded
/// line. Threads are daemons and end when idle.
final class Workers {
  static final int THREADS = 32;
  static final int PER_FILE_SYSTEM = 4;
  static final int WAITING = 1024;
  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor pool;
  private final Map<String, Line> lines = new HashMap<>(); // guarded by this

  Workers() {
    this(Thread.ofPlatform().daemon().name("khttpd-files-", 0).factory());
  }

  Workers(ThreadFactory threads) {
    pool =
        new ThreadPoolExecutor(
            0, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
  }

  /// Runs the operation soon, or returns false if there is no room for it.
  boolean submit(String fileSystem, Runnable operation) {
    synchronized (this) {
      Line line = lines.computeIfAbsent(fileSystem, _ -> new Line());
      if (line.running >= PER_FILE_SYSTEM) {
        return line.waiting.size() < WAITING && line.waiting.add(operation);
      }
      line.running++;
    }
    boolean started = trySubmit(() -> runLine(fileSystem, operation));
    if (!started) {
      giveBack(fileSystem);
    }
    return started;
  }

  /// Runs something that may wait for nobody; false if all threads are busy, or the system has none
  /// left to give.
  boolean trySubmit(Runnable task) {
    try {
      pool.execute(task);
      return true;
    } catch (RejectedExecutionException | OutOfMemoryError noThread) {
      return false;
    }
  }

  /// No new operations; those running end by themselves. Waits at most `millis`.
  boolean close(long millis) throws InterruptedException {
    pool.shutdown();
    return pool.awaitTermination(millis, TimeUnit.MILLISECONDS);
  }

  private void runLine(String fileSystem, Runnable first) {
    Runnable operation = first;
    boolean more = true;
    try {
      while (more) {
        operation.run();
        synchronized (this) {
          Line line = lineOf(fileSystem);
          Runnable next = line.waiting.poll();
          more = next != null;
          operation = more ? next : operation;
        }
      }
    } finally {
      leave(fileSystem);
    }
  }

  /// No thread was found, perhaps by a loop, which must not wait: what is in the line goes with the
  /// threads that run, or with the next that begins.
  private synchronized void giveBack(String fileSystem) {
    Line line = lineOf(fileSystem);
    line.running--;
    if (line.running == 0 && line.waiting.isEmpty()) {
      lines.remove(fileSystem);
    }
  }

  /// One of the file system's threads is free. What joined the line since is started anew.
  private void leave(String fileSystem) {
    Runnable next;
    synchronized (this) {
      Line line = lineOf(fileSystem);
      line.running--;
      next = line.waiting.poll();
      if (next == null && line.running == 0) {
        lines.remove(fileSystem);
      }
    }
    if (next != null && !submit(fileSystem, next)) {
      next.run();
    }
  }

  private Line lineOf(String fileSystem) {
    Line line = lines.get(fileSystem);
    if (line == null) {
      throw new IllegalStateException("nobody runs on " + fileSystem);
    }
    return line;
  }

  private static final class Line {
    private int running;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  }
}
