package net.khttpd.files;

import static net.khttpd.kernel.OpenFlags.AT_STATX_DONT_SYNC;
import static net.khttpd.kernel.OpenFlags.O_PATH;
import static net.khttpd.kernel.OpenFlags.RESOLVE_BENEATH;
import static net.khttpd.kernel.OpenFlags.RESOLVE_CACHED;
import static net.khttpd.kernel.OpenFlags.RESOLVE_NO_MAGICLINKS;
import static net.khttpd.kernel.OpenFlags.RESOLVE_NO_SYMLINKS;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.FileCalls;
import net.khttpd.kernel.Statx;
import org.jspecify.annotations.Nullable;

/// One loop's look at the files beneath one document root. Used by that loop's thread only; never
/// blocks. What it hands out is valid until the next [LoopFiles#turn].
public final class View {
  private static final long CHECKED_ON_LOOP =
      RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_CACHED;

  /// Longer paths are only looked up in the shared table: the slots keep what was removed for a
  /// while, and the heap must bear that for every loop.
  private static final int PATH_BYTES = 256;

  private static final byte[] HERE = {'.'};

  private final FileCache cache;
  private final Store store;
  private final DocumentRoot root;
  private final Markers markers;
  private final LoopFiles mine;
  private final @Nullable Entry[] slots;
  private final int mask;
  private final Probe probe;
  private final FileCalls calls;
  private final Statx statx;

  View(FileCache cache, LoopFiles mine) {
    this.cache = cache;
    this.store = cache.store();
    this.root = cache.root();
    this.markers = cache.markers();
    this.mine = mine;
    slots = mine.slots;
    mask = mine.mask;
    probe = mine.probe;
    calls = mine.calls;
    statx = mine.statx;
  }

  /// The entry for a canonical path, if what is remembered holds, else null: then call [#find].
  ///
  /// An entry whose last check is more than a second old is checked here if that cannot block.
  ///
  /// @param hash of the path's bytes, the same for all loops
  /// @param nowNanos the cache's clock, read once per turn
  public @Nullable Entry fresh(
      MemorySegment path, long offset, int length, int hash, long nowNanos) {
    Entry entry = again(path, offset, length, hash, nowNanos);
    if (entry != null && entry.uses < Entry.USES_MOST) {
      entry.uses++;
    }
    return entry;
  }

  /// The same, for a request that has asked for this path before: it counts once when it is judged
  /// who must leave the cache.
  public @Nullable Entry again(
      MemorySegment path, long offset, int length, int hash, long nowNanos) {
    Entry entry = known(path, offset, length, hash);
    if (entry == null || !root.fresh(calls, statx, nowNanos)) {
      return null;
    }
    if (nowNanos - entry.checkedNanos > DocumentRoot.CHECK_NANOS && !recheck(entry, nowNanos)) {
      return null;
    }
    return entry;
  }

  /// Looks a path up, or checks it anew, on a worker; the waiter gets the entry on this thread.
  /// Requests for the same path share one operation. If there is no room for another operation, the
  /// entry is FAILED with EAGAIN.
  ///
  /// @param beside further paths, whose files are looked up with it if it is a regular file: then
  ///   [#fresh] knows those that exist, and [#absent] those that do not
  public void find(
      MemorySegment path, long offset, int length, int hash, List<PathKey> beside, Waiter waiter) {
    byte[] bytes = new byte[length];
    MemorySegment.copy(path, ValueLayout.JAVA_BYTE, offset, bytes, 0, length);
    if (cache.find(new PathKey(bytes, hash), beside, mine.mailbox, waiter)) {
      mine.opened();
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

  /// Has a worker list a directory; the waiter gets an entry of the directory's path whose content
  /// is the listing, or which says why there is none.
  public void list(Entry directory, Lister lister, Waiter waiter) {
    cache.list(directory.key, lister, mine.mailbox, waiter);
    mine.opened();
  }

  /// Whether the entry is of this view's cache: what another cache has found was found, and
  /// prepared, by other settings.
  public boolean owns(Entry entry) {
    return entry.isOf(store);
  }

  /// As [LoopFiles#unchanged].
  public boolean unchanged(Entry entry) {
    return mine.unchanged(entry);
  }

  private @Nullable Entry known(MemorySegment path, long offset, int length, int hash) {
    int victim = hash & mask;
    for (int i = 0; i < LoopFiles.WAYS; i++) {
      int at = (hash + i) & mask;
      Entry entry = slots[at];
      if (entry != null && entry.removed()) {
        slots[at] = null;
        entry = null;
      }
      if (entry == null) {
        victim = at;
      } else if (entry.key.hash == hash
          && entry.isOf(store)
          && entry.key.matches(path, offset, length)) {
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

  private boolean recheck(Entry entry, long nowNanos) {
    DocumentRoot.Generation generation = root.current();
    boolean still =
        entry.direct
            && entry.local
            && entry.generation == generation.number
            && !entry.wantsBody()
            && !entry.outgrown(cache.family().clocks().millis())
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
