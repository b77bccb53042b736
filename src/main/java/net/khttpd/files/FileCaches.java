package net.khttpd.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import net.khttpd.kernel.FileCalls;
import net.khttpd.kernel.Mounts;
import org.jspecify.annotations.Nullable;

/// The caches of one server, one [FileCache] for each document root, and what they share: the
/// workers that look up what is not remembered, one bound on all they remember, and the freeing of
/// what was removed. So a loop has one [LoopFiles] and one turn, however many roots there are.
/// Thread-safe.
///
/// Other settings need other caches, which a [#successor] opens. The old ones are [#retire]d when
/// no loop uses them any more.
public final class FileCaches implements AutoCloseable {
  /// Loops that may be there at a time: as many as `threads` may be, twice, because those of
  /// another engine begin before the old ones end.
  public static final int LOOPS = 512;

  /// Number that no loop has, for one that explains.
  public static final int SPARE_LOOP = LOOPS;

  private static final long MOUNTS_NANOS = 2_000_000_000L;
  private static final String LISTINGS = "listings of ";
  private static final long CLOSE_MILLIS = 1_000;

  private final Clocks clocks;
  private final Workers workers;
  private final @Nullable Watches watches;
  private final Room room;
  private final Reclaimer reclaimer = new Reclaimer(LOOPS + 1);
  private final ThreadLocal<Tools> tools = ThreadLocal.withInitial(Tools::new);
  private final List<FileCache> caches = new CopyOnWriteArrayList<>();
  private final AtomicBoolean sweeping = new AtomicBoolean();
  private volatile Mounts mounts;
  private volatile long mountsReadNanos;
  private volatile boolean closed;

  /// A change is seen by the check of each second only.
  public FileCaches(Bounds bounds, Clocks clocks) {
    this(bounds, clocks, new Workers(), null);
  }

  /// A change is seen at once where the kernel tells of it.
  public FileCaches(Bounds bounds, Clocks clocks, Hints hints) {
    this(bounds, clocks, new Workers(), new Watches(hints));
  }

  /// For tests.
  FileCaches(Bounds bounds, Clocks clocks, Watches watches) {
    this(bounds, clocks, new Workers(), watches);
  }

  private FileCaches(Bounds bounds, Clocks clocks, Workers workers, @Nullable Watches watches) {
    this.clocks = clocks;
    this.workers = workers;
    this.watches = watches;
    room = new Room(bounds);
    mounts = readMounts();
    mountsReadNanos = clocks.nanos();
  }

  /// Opens a document root, which may be absent for now, with an empty cache before it.
  ///
  /// @param prepare called on a worker once for each new entry before anyone sees it
  public FileCache open(Config config, Consumer<Entry> prepare) {
    var cache = new FileCache(this, config, prepare);
    caches.add(cache);
    return cache;
  }

  /// For other settings: no caches yet, the same workers. What hangs on a file system still counts
  /// against the bound on it.
  public FileCaches successor(Bounds next) {
    return new FileCaches(next, clocks, workers, watches);
  }

  /// One loop's way to the files, to be used by that loop's thread only. It may be opened at any
  /// time, and is to be closed when the loop ends.
  ///
  /// @param loop its number, less than [#LOOPS], or [#SPARE_LOOP]; no other may have it at the same
  ///   time
  /// @param mailbox runs what it is given on that thread; may be called from any thread
  public LoopFiles loop(int loop, Executor mailbox) {
    return new LoopFiles(this, loop, mailbox);
  }

  /// Ends those that no loop uses any more, save for what is in flight. The workers go on for
  /// others. Call it again until it is true: then everything is freed.
  public boolean retire() {
    boolean ended = true;
    for (FileCache cache : caches) {
      ended &= cache.retire();
    }
    boolean empty = ended && reclaimer.sweep(tools.get().calls);
    if (empty) {
      tools.remove();
    }
    return empty;
  }

  /// How many paths are remembered.
  public int entries() {
    return room.entries();
  }

  /// Bytes of all bodies off heap, those removed but still in flight included.
  public long bodyBytes() {
    return room.bytes();
  }

  /// Descriptors kept open for large files, those removed but still in flight included.
  public int descriptors() {
    return room.descriptors();
  }

  /// Frees all that is not in flight. Call it when the loops have ended. A worker that hangs on its
  /// file system is left behind.
  @Override
  public void close() {
    closed = true;
    if (watches != null) {
      watches.close();
    }
    caches.forEach(FileCache::close);
    try {
      workers.close(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    caches.forEach(FileCache::removeRoot);
    reclaimer.sweepAll(tools.get().calls);
    tools.remove();
  }

  @Nullable Watches watches() {
    return watches;
  }

  Clocks clocks() {
    return clocks;
  }

  Room room() {
    return room;
  }

  Reclaimer reclaimer() {
    return reclaimer;
  }

  /// Those of the calling thread.
  Tools tools() {
    return tools.get();
  }

  /// From a loop: as [#submit], in a line of its own: who asks for listings holds up no look-up.
  boolean submitListing(Store store, byte[] path, Runnable listing) {
    return workers.submit(LISTINGS + store.fileSystemOf(path, mounts), listing);
  }

  /// From a loop: a worker looks a path up, or false if there is no room for it.
  boolean submit(Store store, byte[] path, Runnable lookUp) {
    return workers.submit(store.fileSystemOf(path, mounts), lookUp);
  }

  /// From a loop: reads a chunk, or returns false if there is no room for it. What still waits when
  /// the caches are closed is not read.
  boolean readAhead(ReadAhead ahead) {
    Entry entry = ahead.entry();
    return submit(
        entry.store(),
        entry.path(),
        () -> {
          if (closed) {
            ahead.drop();
          }
          FileCalls calls = tools.get().calls;
          ahead.run(calls, clocks.nanoTime());
          Reclaimer its = entry.store().reclaimer();
          if (its.pending()) {
            boolean _ = its.sweep(calls); // as late as after the end of its cache
          }
        });
  }

  /// From a loop: something may be ready to be freed.
  void sweep() {
    if (sweeping.compareAndSet(false, true)) {
      boolean started =
          workers.trySubmit(() -> {
            sweeping.set(false);
            boolean _ = reclaimer.sweep(tools.get().calls);
          });
      if (!started) {
        sweeping.set(false);
      }
    }
  }

  void readMountsIfOld() {
    long now = clocks.nanos();
    if (now - mountsReadNanos > MOUNTS_NANOS) {
      mountsReadNanos = now;
      try {
        mounts = Mounts.read();
      } catch (IOException noDescriptor) {
        return; // those of two seconds ago are good enough
      }
    }
  }

  private static Mounts readMounts() {
    try {
      return Mounts.read();
    } catch (IOException e) {
      throw new UncheckedIOException("/proc/self/mountinfo cannot be read; is /proc mounted?", e);
    }
  }
}
