package net.khttpd.log;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// The access log: takes records from the loops' rings, formats them and appends them to a file or
/// stdout, all on one daemon thread. The loops never wait for it; what finds no room in a ring, or
/// cannot be written, is counted and told to the event log.
public final class AccessLog implements AutoCloseable {
  /// How long a record may lie in a ring before it is written, if the ring does not fill.
  private static final long VISIT_NANOS = 100_000_000;

  private static final long CLOSE_MILLIS = 2000;
  private static final long APPLY_NANOS = 1_000_000_000;

  /// Formatted bytes after which they are written.
  private static final int BATCH = 64 * 1024;

  private record Target(String path, LogFormat format) {}

  private final EventLog events;
  private final List<AccessWriter> writers = new CopyOnWriteArrayList<>();
  private final ByteArrayOutputStream batch = new ByteArrayOutputStream(2 * BATCH);
  private final LineFormatter formatter = new LineFormatter(ZoneId.systemDefault());

  /// Records not written to the disk, and those that retired rings dropped.
  private final AtomicLong lost = new AtomicLong();

  private final Thread thread;

  private volatile Target target;
  private volatile Target inUse;
  private volatile boolean reopen;
  private volatile boolean closing;

  // The thread's own.
  private OutputStream out;
  private String openPath;
  private long droppedTold;
  private int batched;

  /// Opens the log.
  ///
  /// @param path a file to append to, or `-` for stdout
  /// @throws IOException if the file cannot be opened
  public AccessLog(String path, LogFormat format, EventLog events) throws IOException {
    this.events = events;
    this.target = new Target(path, format);
    this.inUse = target;
    this.openPath = path;
    this.out = open(path);
    this.thread = Thread.ofPlatform().name("khttpd-access-log").daemon().unstarted(this::write);
    thread.start();
  }

  /// A ring for one loop; call once per loop, and hand it to no other.
  public AccessWriter newWriter() {
    var writer = new AccessWriter(this);
    writers.add(writer);
    return writer;
  }

  /// Ends a loop's ring: what lies in it is still written, then it is forgotten. Call it after the
  /// loop's last record.
  public void retire(AccessWriter writer) {
    writer.retire();
    wake();
  }

  /// Writes to another file or in another format: what is recorded after this returns, save that
  /// after a second it does not wait for a write to the old file that hangs.
  public void apply(String path, LogFormat format) {
    if (target.path().equals(path) && target.format().equals(format)) {
      return;
    }
    var wanted = new Target(path, format);
    target = wanted;
    wake();
    long end = System.nanoTime() + APPLY_NANOS;
    synchronized (writers) {
      for (long left = APPLY_NANOS; inUse != wanted && left > 0; left = end - System.nanoTime()) {
        try {
          TimeUnit.NANOSECONDS.timedWait(writers, left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  /// Throws what opening this log would throw; leaves an empty file if there was none.
  public static void check(String path) throws IOException {
    if (!path.equals("-")) {
      open(path).close();
    }
  }

  /// Opens the file by its name again, after it has been renamed (logrotate(8)).
  public void reopen() {
    reopen = true;
    wake();
  }

  /// Records lost, since the beginning: no room in a ring, or no room on the disk.
  public long dropped() {
    long sum = lost.get();
    for (AccessWriter writer : writers) {
      sum += writer.dropped();
    }
    return sum;
  }

  void wake() {
    LockSupport.unpark(thread);
  }

  /// Writes what lies in the rings, at most two seconds long, and ends the thread.
  @Override
  public void close() {
    closing = true;
    wake();
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    boolean last;
    do {
      last = closing;
      visit();
      if (!last) {
        await();
      }
    } while (!last);
    shut();
  }

  /// Whatever goes wrong, the next visit comes: without this thread the rings would fill up for
  /// ever, and nobody would say so.
  private void visit() {
    try {
      Target now = target;
      follow(now);
      tellInUse(now);
      drainRings(now.format());
      tellDropped();
    } catch (RuntimeException | Error fault) {
      events.event("access-log-fault", "access_log: a fault of ours: " + fault);
    }
  }

  /// Until the next visit; without end while no loop has ever logged (the first record wakes us).
  private void await() {
    if (writers.stream().anyMatch(AccessWriter::isUsed)) {
      LockSupport.parkNanos(this, VISIT_NANOS);
    } else {
      LockSupport.park(this);
    }
  }

  private void drainRings(LogFormat format) {
    List<AccessWriter> ended = writers.stream().filter(AccessWriter::isRetired).toList();
    for (AccessWriter writer : writers) {
      writer.drainTo((ring, record) -> {
        formatter.append(format, ring, record, batch);
        batched++;
        if (batch.size() >= BATCH) {
          flush();
        }
      });
    }
    for (AccessWriter writer : ended) {
      writers.remove(writer);
      lost.addAndGet(writer.dropped());
    }
    flush();
  }

  private void flush() {
    try {
      if (batch.size() > 0) {
        batch.writeTo(out);
      }
    } catch (IOException e) {
      lost.addAndGet(batched);
      events.event("access-log-write", "access_log: " + openPath + ": " + e.getMessage());
    }
    batch.reset();
    batched = 0;
  }

  /// Opens another file if the setting has changed or a rotation asks for it; the old one stays in
  /// use where that fails.
  private void follow(Target to) {
    if (to.path().equals(openPath) && !reopen) {
      return;
    }
    reopen = false;
    try {
      OutputStream opened = open(to.path());
      shut();
      out = opened;
      openPath = to.path();
    } catch (IOException e) {
      events.event("access-log-open", "access_log: " + e.getMessage() + "; the old one stays");
      target = new Target(openPath, to.format());
    }
  }

  private void tellInUse(Target now) {
    if (inUse != now) {
      synchronized (writers) {
        inUse = now;
        writers.notifyAll();
      }
    }
  }

  private void tellDropped() {
    long sum = dropped();
    if (sum > droppedTold) {
      events.event(
          "access-log-dropped",
          "access_log: " + (sum - droppedTold) + " lines lost, since " + openPath + " is too slow");
      droppedTold = sum;
    }
  }

  private void shut() {
    if (openPath.equals("-")) {
      return; // stdout is not ours to close
    }
    try {
      out.close();
    } catch (IOException e) {
      events.event("access-log-close", "access_log: " + openPath + ": " + e.getMessage());
    }
  }

  private static OutputStream open(String path) throws IOException {
    return path.equals("-")
        ? new FileOutputStream(FileDescriptor.out)
        : new FileOutputStream(path, true);
  }
}
