package net.khttpd.files;

import static net.khttpd.kernel.OpenFlags.AT_STATX_DONT_SYNC;

import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import net.khttpd.kernel.FileCalls;
import net.khttpd.kernel.Statx;
import org.jspecify.annotations.Nullable;

/// One loop's way to the files of all document roots: its turns, and a small table of its own in
/// front of the shared ones; paths are looked up through a [View] for each root. Used by that
/// loop's thread only; never blocks.
///
/// What it and its views hand out is valid until the next [#turn]. Around a sleep in the kernel the
/// loop calls [#park] and [#unpark], so that it does not hold up the freeing of what others
/// removed.
public final class LoopFiles implements AutoCloseable {
  private static final int SLOTS_MAX = 8192;

  /// Slots looked through for one path.
  static final int WAYS = 4;

  /// Slots looked through in a turn for what was removed.
  private static final int SWEPT = 64;

  private final FileCaches caches;
  private final Reclaimer reclaimer;
  private final int loop;
  private int sweptTo;
  private long opens;
  private final PageCache pages;

  final Executor mailbox;
  final @Nullable Entry[] slots;
  final int mask;
  final Probe probe = new Probe();
  final FileCalls calls = new FileCalls();
  final Statx statx = new Statx();

  LoopFiles(FileCaches caches, int loop, Executor mailbox) {
    this.caches = caches;
    this.reclaimer = caches.reclaimer();
    this.loop = loop;
    this.mailbox = mailbox;
    pages = new PageCache(calls);
    int wanted = Math.clamp(2L * caches.room().mostEntries(), 2 * WAYS, SLOTS_MAX);
    slots = new Entry[Integer.highestOneBit(wanted - 1) << 1];
    mask = slots.length - 1;
    reclaimer.unpark(loop);
  }

  /// The view of one document root; cheap, and good until this is closed.
  ///
  /// @param cache of the same family
  public View view(FileCache cache) {
    if (cache.family() != caches) {
      throw new IllegalArgumentException("a cache of another family");
    }
    return new View(cache, this);
  }

  /// Look-ups in the file system that this loop has begun.
  public long opens() {
    return opens;
  }

  void opened() {
    opens++;
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
  ///
  /// @param begins what lies before the chunk was not asked for just now
  public boolean holds(Entry entry, long offset, long length, boolean begins, long nowNanos) {
    return pages.holds(entry, offset, length, begins, nowNanos);
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
    if (caches.readAhead(ahead)) {
      return ahead;
    }
    entry.release();
    return null;
  }

  /// Once per turn of the loop, when nothing handed out in earlier turns is in hand any more save
  /// what was retained.
  public void turn() {
    if (reclaimer.turn(loop)) {
      caches.sweep();
      forgetRemoved();
    }
  }

  /// Before the loop sleeps in the kernel.
  public void park() {
    reclaimer.park(loop);
  }

  /// After the loop has slept, before it uses this again.
  public void unpark() {
    reclaimer.unpark(loop);
  }

  /// The loop ends, or goes on with other caches: its number is free.
  @Override
  public void close() {
    Arrays.fill(slots, null);
    reclaimer.park(loop);
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
}
