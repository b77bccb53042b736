package net.khttpd.files;

import java.lang.foreign.MemorySegment;
import net.khttpd.kernel.FileCalls;
import org.jspecify.annotations.Nullable;

/// One canonical path as it was found: facts, and for a regular file either its whole content off
/// heap or an open descriptor. Shared by all loops; immutable but for freshness, life and the
/// decide stage's slot. Length, ETag material and bytes belong to the same version.
///
/// What [View#fresh] gave is valid until that loop's next [LoopFiles#turn], what a [Waiter] got
/// until it returns; whoever needs it longer calls [#retain] and later [#release].
public final class Entry extends Counted {
  private static final int HEAP_BYTES = 336;
  private static final int FILE_HEAP_BYTES = 1328;
  static final byte USES_MOST = 3;

  /// A file changed so shortly before it was read may change again within the same instant (RFC
  /// 9110 §8.8.2.2).
  private static final long YOUNG_MILLIS = 2000;

  /// The least time between two checks of an entry that is told to have changed.
  static final long HINTED_NANOS = 50_000_000;

  private static final long NEVER_NANOS = Long.MAX_VALUE / 2;

  private final Store store;
  private final Facts facts;
  private final Content content;
  private volatile long readAtEpochMillis;
  private volatile @Nullable Object decision;
  private int decisionBytes;

  final PathKey key;
  final int generation;

  /// Reached without any link on the way: only then may a loop re-check it by itself.
  final boolean direct;

  /// On a file system where statx(2) of cached names cannot block.
  final boolean local;

  /// When the last successful check began, in nanoseconds of the cache's clock. Racing writers both
  /// write a truth.
  volatile long checkedNanos;

  /// When the page cache was last known to hold the whole file; only for a file of one chunk.
  volatile long heldNanos;

  /// Its file system cannot tell what the page cache holds.
  volatile boolean residenceUnknown;

  /// Requests since it was last considered for eviction, as far as they can be told without a lock
  /// and matter: [#USES_MOST] at most. Racing loops may lose one.
  byte uses;

  // Its place in the order of eviction; guarded by the room.
  @Nullable Chain chain;
  @Nullable Entry before;
  @Nullable Entry after;

  Entry(
      Store store,
      PathKey key,
      Found found,
      Content content,
      long readAtEpochMillis,
      long checkedNanos) {
    super(store.reclaimer());
    this.store = store;
    this.key = key;
    this.content = content;
    this.facts = found.facts();
    this.generation = found.generation();
    this.direct = found.direct();
    this.local = found.local();
    this.readAtEpochMillis = readAtEpochMillis;
    this.checkedNanos = checkedNanos;
    this.heldNanos = checkedNanos - NEVER_NANOS;
  }

  /// The canonical path, with its leading slash. Not to be written to.
  public byte[] path() {
    return key.bytes;
  }

  public int hash() {
    return key.hash;
  }

  public Facts facts() {
    return facts;
  }

  /// Wall clock when the facts were read, or found to hold still once the file was no longer young.
  public long readAtEpochMillis() {
    return readAtEpochMillis;
  }

  /// Whether the file was read within two seconds of its modification: its ETag is weak.
  public boolean young() {
    return facts.kind() == Kind.REGULAR && readAtEpochMillis - mtimeMillis() < YOUNG_MILLIS;
  }

  /// Whether it is young, and a check at this time would end that.
  boolean outgrown(long epochMillis) {
    return young() && epochMillis - mtimeMillis() >= YOUNG_MILLIS;
  }

  /// A check that began at this time has found the file unchanged.
  void readAgain(long epochMillis) {
    readAtEpochMillis = epochMillis;
  }

  private long mtimeMillis() {
    return facts.mtimeSeconds() * 1000 + facts.mtimeNanos() / 1_000_000;
  }

  /// The whole content off heap (empty for an empty file), or null if it is to be sent from
  /// [#descriptor]. Never written to.
  public @Nullable MemorySegment body() {
    return content.body();
  }

  /// Open for reading, for sendfile(2) or pread(2) with explicit offsets, if a regular file has no
  /// body in memory; else -1.
  public int descriptor() {
    return content.descriptor();
  }

  /// The first 16 bytes of the content's SHA-256, if mtime is 0 or 1 or the cache was told to
  /// compute it always; else null. Not to be written to.
  public byte @Nullable [] contentHash() {
    return content.hash();
  }

  /// What the decide stage prepared for this entry.
  public @Nullable Object decision() {
    return decision;
  }

  public void setDecision(@Nullable Object decision) {
    this.decision = decision;
  }

  /// It is due for its check at once, or a moment after the last: a file that is written all the
  /// time shall not be looked up for each request. A loop that checks it at this very moment may
  /// undo this: then the next check is a second later.
  void expire(long nowNanos) {
    long wait = Math.max(0, HINTED_NANOS - Math.max(0, nowNanos - checkedNanos));
    checkedNanos = nowNanos + wait - DocumentRoot.CHECK_NANOS - 1;
  }

  /// What was prepared takes so much more of the heap than usual; to be told before anyone sees the
  /// entry.
  public void weigh(int bytes) {
    decisionBytes = bytes;
  }

  boolean isOf(Store other) {
    return store == other;
  }

  Store store() {
    return store;
  }

  /// Takes it out of its table.
  void leave() {
    boolean _ = store.remove(this);
  }

  long bodyBytes() {
    return content.bodyBytes();
  }

  /// What it takes of the heap, nearly: measured, with the tables' nodes and, for a file, the
  /// prepared heads. Whoever asks chooses how long the path is, so it is weighed.
  int heapBytes() {
    int usual = facts.kind() == Kind.REGULAR ? FILE_HEAP_BYTES : HEAP_BYTES;
    return key.bytes.length + usual + decisionBytes;
  }

  /// Small enough for memory, but there was no room when it was read.
  boolean wantsBody() {
    return holdsDescriptor() && facts.size() < store.sendfileMin();
  }

  boolean holdsDescriptor() {
    return content.descriptor() >= 0;
  }

  @Override
  void free(FileCalls calls) {
    content.free(calls);
    store.room().freed(content);
  }
}
