package net.khttpd.files;

import static net.khttpd.kernel.OpenFlags.AT_STATX_DONT_SYNC;
import static net.khttpd.kernel.OpenFlags.O_PATH;
import static net.khttpd.kernel.OpenFlags.RESOLVE_BENEATH;
import static net.khttpd.kernel.OpenFlags.RESOLVE_CACHED;
import static net.khttpd.kernel.OpenFlags.RESOLVE_NO_MAGICLINKS;
import static net.khttpd.kernel.OpenFlags.RESOLVE_NO_SYMLINKS;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.FileCalls;
import net.khttpd.kernel.Statx;
import org.jspecify.annotations.Nullable;

/// One loop's way to the files: a small table of its own in front of the shared one. Used by that
/// loop's thread only; never blocks.
///
/// What it hands out is valid until the next [#turn]. Around a sleep in the kernel the loop calls
/// [#park] and [#unpark], so that it does not hold up the freeing of what others removed.
public final class View implements AutoCloseable {
  private static final int SLOTS_MAX = 8192;
  private static final int WAYS = 4;
  private static final long CHECKED_ON_LOOP =
      RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_CACHED;

  /// Longer paths are only looked up in the shared table: the slots keep what was removed for a
  /// while, and the heap must bear that for every loop.
  private static final int PATH_BYTES = 256;

  /// Slots looked through in a turn for what was removed.
  private static final int SWEPT = 64;

  private static final byte[] HERE = {'.'};

  private final FileCache cache;
  private final Store store;
  private final DocumentRoot root;
  private final Markers markers;
  private final Reclaimer reclaimer;
  private final int loop;
  private final Executor mailbox;
  private final @Nullable Entry[] slots;
  private final int mask;
  private int sweptTo;
  private final Probe probe = new Probe();
  private final FileCalls calls = new FileCalls();
  private final Statx statx = new Statx();
  private long opens;
  private final PageCache pages = new PageCache(calls);

  View(
      FileCache cache,
      Config config,
      Store store,
      DocumentRoot root,
      Markers markers,
      Reclaimer reclaimer,
      int loop,
      Executor mailbox) {
    this.cache = cache;
    this.store = store;
    this.root = root;
    this.markers = markers;
    this.reclaimer = reclaimer;
    this.loop = loop;
    this.mailbox = mailbox;
    int wanted = Math.clamp(2L * config.cacheEntries(), 2 * WAYS, SLOTS_MAX);
    slots = new Entry[Integer.highestOneBit(wanted - 1) << 1];
    mask = slots.length - 1;
    reclaimer.unpark(loop);
  }

  /// The entry for a canonical path, if what is remembered holds, else null: then call [#find].
  ///
  /// An entry whose last check is more than a second old is checked here if that cannot block.
  ///
  /// @param hash of the path's bytes, the same for all loops
  /// @param nowNanos the cache's clock, read once per turn
  public @Nullable Entry fresh(
      MemorySegment path, long offset, int length, int hash, long nowNanos) {
    Entry entry = known(path, offset, length, hash);
    if (entry == null || !root.fresh(calls, statx, nowNanos)) {
      return null;
    }
    if (nowNanos - entry.checkedNanos > DocumentRoot.CHECK_NANOS && !recheck(entry, nowNanos)) {
      return null;
    }
    if (!entry.touched) {
      entry.touched = true;
    }
    return entry;
  }

  /// Looks a path up, or checks it anew, on a worker; the waiter gets the entry on this thread.
  /// Requests for the same path share one operation. If there is no room for another operation, the
  /// entry is FAILED with EAGAIN.
  public void find(MemorySegment path, long offset, int length, int hash, Waiter waiter) {
    find(path, offset, length, hash, List.of(), waiter);
  }

  /// The same, and what lies beside it.
  ///
  /// @param beside further paths, whose files are looked up with it if it is a regular file: then
  ///   [#fresh] knows those that exist, and [#absent] those that do not
  public void find(
      MemorySegment path, long offset, int length, int hash, List<PathKey> beside, Waiter waiter) {
    byte[] bytes = new byte[length];
    MemorySegment.copy(path, ValueLayout.JAVA_BYTE, offset, bytes, 0, length);
    if (cache.find(new PathKey(bytes, hash), beside, mailbox, waiter)) {
      opens++;
    }
  }

  /// Whether the kernel knows, without waiting, that no file has this name. False where it cannot
  /// be told like that: then [#find].
  ///
  /// @param beside a fresh file of the same directory
  public boolean absent(Entry beside, byte[] path, int length) {
    DocumentRoot.Generation generation = root.current();
    if (!beside.direct || !beside.local || beside.generation != generation.number) {
      return false;
    }
    int from = Opener.relativeFrom(path);
    int descriptor = calls.open(generation.descriptor, path, from, length, O_PATH, CHECKED_ON_LOOP);
    if (descriptor >= 0) {
      calls.close(descriptor);
    }
    return descriptor == -Errno.ENOENT || descriptor == -Errno.ENAMETOOLONG;
  }

  /// Look-ups in the file system that this loop has begun.
  public long opens() {
    return opens;
  }

  /// Whether the entry is of this view's cache: what another cache has found was found, and
  /// prepared, by other settings.
  public boolean owns(Entry entry) {
    return entry.isOf(store);
  }

  /// Whether the rest of a file that is being sent still belongs to the version whose length and
  /// tag were promised: it has not been rewritten in place, nor cut. Being replaced or removed does
  /// it no harm (the descriptor stays with the old file), nor does growing (what was promised is
  /// still there; a file that grows all the time must be servable).
  public boolean intact(Entry entry) {
    if (entry.descriptor() < 0) {
      return true;
    }
    if (calls.stat(entry.descriptor(), AT_STATX_DONT_SYNC, statx) < 0) {
      return false;
    }
    long promised = entry.facts().size();
    return statx.size() > promised
        || (statx.size() == promised
            && statx.mtimeSeconds() == entry.facts().mtimeSeconds()
            && statx.mtimeNanos() == entry.facts().mtimeNanos());
  }

  /// Whether the open file of an entry with a descriptor still is the version its facts speak of,
  /// to be asked before its answer begins.
  public boolean unchanged(Entry entry) {
    return entry.descriptor() < 0
        || (calls.stat(entry.descriptor(), AT_STATX_DONT_SYNC, statx) == 0
            && entry.facts().sameVersion(statx));
  }

  /// Whether a chunk of an entry's open file can be sent without waiting for a disk or a server, as
  /// far as it can be told cheaply.
  public boolean holds(Entry entry, long offset, long length, long nowNanos) {
    return pages.holds(entry, offset, length, nowNanos);
  }

  /// Has a worker read a chunk of an entry's open file into the page cache; `done` is called on
  /// this thread. The caller holds the entry retained. Null if there is no room for another
  /// operation.
  public @Nullable ReadAhead readAhead(
      Entry entry, long offset, long length, Consumer<ReadAhead> done) {
    if (!entry.retain()) {
      throw new AssertionError("an entry that is being sent is gone");
    }
    var ahead = new ReadAhead(entry, offset, length, mailbox, done);
    if (cache.readAhead(ahead)) {
      return ahead;
    }
    entry.release();
    return null;
  }

  /// Once per turn of the loop, when nothing handed out in earlier turns is in hand any more save
  /// what was retained.
  public void turn() {
    if (reclaimer.turn(loop)) {
      cache.sweep();
      forgetRemoved();
    }
  }

  /// Before the loop sleeps in the kernel.
  public void park() {
    reclaimer.park(loop);
  }

  /// After the loop has slept, before it uses this view again.
  public void unpark() {
    reclaimer.unpark(loop);
  }

  /// The loop ends, or goes on with another view: its number is free.
  @Override
  public void close() {
    Arrays.fill(slots, null);
    reclaimer.park(loop);
  }

  private @Nullable Entry known(MemorySegment path, long offset, int length, int hash) {
    int victim = hash & mask;
    for (int i = 0; i < WAYS; i++) {
      int at = (hash + i) & mask;
      Entry entry = slots[at];
      if (entry != null && entry.removed()) {
        slots[at] = null;
        entry = null;
      }
      if (entry == null) {
        victim = at;
      } else if (entry.key.hash == hash && entry.key.matches(path, offset, length)) {
        return entry;
      }
    }
    Entry shared = store.get(probe.of(path, offset, length, hash));
    if (shared == null || shared.removed()) {
      return null;
    }
    if (length <= PATH_BYTES) {
      slots[victim] = shared;
    }
    return shared;
  }

  private void forgetRemoved() {
    for (int i = 0; i < SWEPT; i++) {
      sweptTo = (sweptTo + 1) & mask;
      Entry entry = slots[sweptTo];
      if (entry != null && entry.removed()) {
        slots[sweptTo] = null;
      }
    }
  }

  private boolean recheck(Entry entry, long nowNanos) {
    DocumentRoot.Generation generation = root.current();
    boolean still =
        entry.direct
            && entry.local
            && entry.generation == generation.number
            && !entry.wantsBody()
            && stillNames(entry, generation)
            && (markers.none()
                || entry.facts().errno() != 0
                || (!entry.facts().marked() && markers.stillUnmarked(calls, generation, entry)));
    if (still) {
      entry.checkedNanos = nowNanos;
    }
    return still;
  }

  private boolean stillNames(Entry entry, DocumentRoot.Generation generation) {
    byte[] path = entry.path();
    int from = Opener.relativeFrom(path);
    int descriptor =
        from == path.length
            ? calls.open(generation.descriptor, HERE, 0, 1, O_PATH, CHECKED_ON_LOOP)
            : calls.open(generation.descriptor, path, from, path.length, O_PATH, CHECKED_ON_LOOP);
    Facts facts = entry.facts();
    if (descriptor < 0) {
      return facts.kind() == Kind.ABSENT
          && facts.errno() == -descriptor
          && descriptor != -Errno.EAGAIN;
    }
    boolean same =
        facts.errno() == 0
            && calls.stat(descriptor, AT_STATX_DONT_SYNC, statx) == 0
            && facts.sameVersion(statx);
    calls.close(descriptor);
    return same;
  }
}
