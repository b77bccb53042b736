package net.khttpd.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.FileCalls;
import net.khttpd.kernel.Mounts;
import org.jspecify.annotations.Nullable;

/// The files of one server: document root, remembered paths, bodies, open descriptors, and the
/// workers that look up what is not remembered. Shared by all loops, each through its own [View].
///
/// A remembered path holds for one second after its last successful check. What it is told in
/// [Config], and what was prepared by it, holds for its whole life: other settings need another
/// cache, which [#successor] makes. The old one is [#retire]d when no loop uses it any more.
public final class FileCache implements AutoCloseable {
  /// Loops that may have a [View] at a time: as many as `threads` may be, twice, because those of
  /// another engine begin before the old ones end.
  public static final int LOOPS = 512;

  /// Number of a view that no loop has, for one that explains.
  public static final int SPARE_VIEW = LOOPS;

  /// Stands for the file system of what a retired cache still sends, under a root of its own.
  private static final String ANOTHER_CACHES = "";

  private static final long MOUNTS_NANOS = 2_000_000_000L;
  private static final long CLOSE_MILLIS = 1_000;

  private final Config config;
  private final Consumer<Entry> prepare;
  private final Reclaimer reclaimer;
  private final Store store;
  private final Markers markers;
  private final DocumentRoot root;
  private final Workers workers;
  private final ThreadLocal<Loader> loader;
  private final ConcurrentHashMap<PathKey, Lookup> cold = new ConcurrentHashMap<>();
  private final AtomicBoolean sweeping = new AtomicBoolean();
  private volatile Mounts mounts;
  private volatile long mountsReadNanos;
  private boolean rootRemoved; // by who retires and closes it
  private volatile boolean closed;

  /// Opens the document root, which may be absent for now.
  ///
  /// @param prepare called on a worker once for each new entry before anyone sees it
  public FileCache(Config config, Consumer<Entry> prepare) {
    this(config, prepare, new Workers());
  }

  private FileCache(Config config, Consumer<Entry> prepare, Workers workers) {
    this.workers = workers;
    this.config = config;
    this.prepare = prepare;
    reclaimer = new Reclaimer(LOOPS + 1);
    store = new Store(config, reclaimer);
    markers = new Markers(config.markers());
    loader = ThreadLocal.withInitial(() -> new Loader(config, store, markers));
    long now = config.nanoTime().getAsLong();
    root = new DocumentRoot(config.root(), reclaimer, loader.get().calls(), now);
    store.begin(root.current().number);
    mounts = readMounts();
    mountsReadNanos = now;
  }

  /// The view of one loop, to be used by that loop's thread only. It may be opened at any time, and
  /// is to be closed when the loop ends.
  ///
  /// @param loop number of the loop, less than [#LOOPS], or [#SPARE_VIEW]; no other view may have
  ///   it at the same time
  /// @param mailbox runs what it is given on that thread; may be called from any thread
  public View view(int loop, Executor mailbox) {
    return new View(this, config, store, root, markers, reclaimer, loop, mailbox);
  }

  /// An empty cache for other settings, with the same workers: what hangs on a file system still
  /// counts against the bound on it.
  public FileCache successor(Config next, Consumer<Entry> preparation) {
    return new FileCache(next, preparation, workers);
  }

  /// Ends one that no loop uses any more, save for what is in flight. Its workers go on for another
  /// cache. Call it again until it is true: then everything is freed.
  public boolean retire() {
    store.close();
    if (!cold.isEmpty()) {
      return false; // a look-up is under way and needs the root
    }
    removeRoot();
    boolean empty = reclaimer.sweep(loader.get().calls());
    if (empty) {
      loader.remove();
    }
    return empty;
  }

  private void removeRoot() {
    if (!rootRemoved) {
      rootRemoved = true;
      reclaimer.remove(root.current());
    }
  }

  /// How many paths are remembered.
  public int entries() {
    return store.entries();
  }

  /// Bytes of all bodies off heap, those removed but still in flight included.
  public long bodyBytes() {
    return store.bytes();
  }

  /// Descriptors kept open for large files, those removed but still in flight included.
  public int descriptors() {
    return store.descriptors();
  }

  /// Frees all that is not in flight. Call it when the loops have ended. A worker that hangs on its
  /// file system is left behind.
  @Override
  public void close() {
    closed = true;
    store.close();
    try {
      workers.close(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    removeRoot();
    reclaimer.sweepAll(loader.get().calls());
    loader.remove();
  }

  /// From a loop: joins the look-up of that path which is under way, or begins one; true if it
  /// began one.
  ///
  /// @param beside looked up before it is delivered, if it is a regular file
  boolean find(PathKey key, List<PathKey> beside, Executor mailbox, Waiter waiter) {
    boolean[] joined = new boolean[2];
    cold.compute(
        key,
        (_, running) -> {
          Lookup lookup = running == null ? new Lookup() : running;
          joined[0] = running != null;
          joined[1] = lookup.add(mailbox, waiter);
          return lookup;
        });
    if (!joined[1]) {
      refuse(key, mailbox, waiter);
      return false;
    }
    if (!joined[0] && !workers.submit(fileSystemOf(key.bytes), () -> lookUp(key, beside))) {
      finish(key, loader.get().failed(root.current(), key, Errno.EAGAIN), false);
      return false;
    }
    return !joined[0];
  }

  /// From a loop: reads a chunk, or returns false if there is no room for it. What still waits when
  /// the cache is closed is not read.
  boolean readAhead(ReadAhead ahead) {
    Entry entry = ahead.entry();
    boolean mine = entry.belongsTo(store);
    return workers.submit(
        mine ? fileSystemOf(entry.key.bytes) : ANOTHER_CACHES,
        () -> {
          if (closed) {
            ahead.drop();
          }
          FileCalls calls = loader.get().calls();
          ahead.run(calls, config.nanoTime());
          Reclaimer its = entry.reclaimer();
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
            boolean _ = reclaimer.sweep(loader.get().calls());
          });
      if (!started) {
        sweeping.set(false);
      }
    }
  }

  private void refuse(PathKey key, Executor mailbox, Waiter waiter) {
    Entry entry = loader.get().failed(root.current(), key, Errno.EAGAIN);
    prepare.accept(entry);
    Lookup.give(mailbox, waiter, entry);
    store.put(entry, false);
  }

  private void lookUp(PathKey key, List<PathKey> beside) {
    Loader mine = loader.get();
    try {
      readMountsIfOld();
      DocumentRoot.Generation generation = followRoot(mine);
      try {
        lookUp(mine, generation, key, beside);
      } finally {
        generation.release();
      }
    } catch (RuntimeException | Error broken) {
      finish(key, mine.failed(root.current(), key, Errno.EIO), false);
      throw broken;
    }
    if (reclaimer.pending()) {
      boolean _ = reclaimer.sweep(mine.calls());
    }
  }

  private void lookUp(
      Loader mine, DocumentRoot.Generation generation, PathKey key, List<PathKey> beside) {
    Entry known = store.get(key);
    boolean held = known != null && known.retain();
    try {
      Entry entry = mine.load(generation, key, held ? known : null);
      if (entry.facts().kind() == Kind.REGULAR) {
        beside.forEach(each -> lookUpBeside(mine, generation, each));
      }
      finish(key, entry, entry == known);
    } finally {
      if (known != null && held) {
        known.release();
      }
    }
  }

  /// Nobody waits for it, and where nothing is, nothing needs to be remembered: the kernel knows it
  /// from now on.
  private void lookUpBeside(Loader mine, DocumentRoot.Generation generation, PathKey key) {
    Entry known = store.get(key);
    boolean held = known != null && known.retain();
    Entry entry = mine.load(generation, key, held ? known : null);
    if (entry != known && (known != null || entry.facts().kind() != Kind.ABSENT)) {
      prepare.accept(entry);
      store.put(entry, entry.facts().kind() != Kind.FAILED);
    }
    if (known != null && held) {
      known.release();
    }
  }

  /// The generation the name stands for now, retained.
  private DocumentRoot.Generation followRoot(Loader mine) {
    synchronized (root) {
      if (root.follow(mine.calls(), config.nanoTime().getAsLong())) {
        markers.clear();
        store.begin(root.current().number);
      }
      DocumentRoot.Generation generation = root.current();
      if (!generation.retain()) {
        throw new IllegalStateException("the current root was freed");
      }
      return generation;
    }
  }

  private void finish(PathKey key, Entry entry, boolean kept) {
    if (!entry.retain()) {
      throw new IllegalStateException("an entry was freed while it was looked up");
    }
    if (!kept) {
      prepare.accept(entry);
      store.put(entry, entry.facts().kind() != Kind.FAILED);
    }
    Lookup lookup = cold.remove(key);
    if (lookup != null) {
      lookup.deliver(entry);
    }
    entry.release();
  }

  private String fileSystemOf(byte[] path) {
    String real = new String(root.current().realPath, ISO_8859_1);
    return mounts.pointOf(real + new String(path, ISO_8859_1));
  }

  private void readMountsIfOld() {
    long now = config.nanoTime().getAsLong();
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

  /// For tests: directories whose markers are remembered.
  int directories() {
    return markers.directories();
  }

  /// For tests: the entry now in the table, fresh or not.
  @Nullable Entry peek(PathKey key) {
    return store.get(key);
  }
}
