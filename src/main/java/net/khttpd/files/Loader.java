package net.khttpd.files;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static net.khttpd.kernel.OpenFlags.O_RDONLY;

import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.FileCalls;
import net.khttpd.kernel.Statx;
import org.jspecify.annotations.Nullable;

/// Makes an entry of a canonical path: open with O_PATH, judge by statx(2) what it is, reopen that
/// descriptor for reading, read. Made for one look-up of one worker; may block.
///
/// A version is believed only if nothing changed between the first statx and one after the read,
/// and if it was older than one tick of the file system's clock: a second write within the same
/// tick leaves no trace in the times.
final class Loader {
  private static final int TRIES = 4;
  private static final long TICK_MILLIS = 10;
  private static final byte[] DELETED = " (deleted)".getBytes(US_ASCII);

  private final FileCalls calls;
  private final Statx statx;
  private final Store store;
  private final Markers markers;
  private final Clocks clocks;
  private final Opener opener;
  private final Reader reader;

  Loader(Tools tools, Config config, Store store, Markers markers, Clocks clocks) {
    this.calls = tools.calls;
    this.statx = tools.statx;
    this.store = store;
    this.markers = markers;
    this.clocks = clocks;
    opener = new Opener(tools, config.links(), config.symlinkRoots());
    reader = new Reader(tools, store.room(), config);
  }

  /// Looks the path up anew. Gives back `known`, checked, if it still is what the path names.
  Entry load(DocumentRoot.Generation root, PathKey key, @Nullable Entry known) {
    Entry entry = null;
    for (int i = 1; entry == null && i <= TRIES; i++) {
      entry = attempt(root, key, known, i == TRIES);
    }
    return entry == null ? failed(store, root, key, Errno.EAGAIN, clocks) : entry;
  }

  static Entry failed(
      Store store, DocumentRoot.Generation root, PathKey key, int errno, Clocks clocks) {
    Facts facts = Facts.ofError(errno);
    Found found = new Found(facts, root.number, false, false);
    return new Entry(store, key, found, Content.NONE, clocks.millis(), clocks.nanos());
  }

  /// Opens with O_PATH, as each look-up begins.
  Opened open(DocumentRoot.Generation root, byte[] path) {
    return opener.open(root, path);
  }

  /// What the kernel says of a name in a directory, without reading it.
  Facts glance(DocumentRoot.Generation root, byte[] directory, byte[] name) {
    byte[] path = Arrays.copyOf(directory, directory.length + name.length);
    System.arraycopy(name, 0, path, directory.length, name.length);
    Opened opened = opener.open(root, path);
    if (opened.descriptor() < 0) {
      return Facts.ofError(-opened.descriptor());
    }
    try {
      int result = calls.stat(opened.descriptor(), 0, statx);
      if (result < 0) {
        return Facts.ofError(-result);
      }
      byte[] real = opened.realPath();
      boolean marked = markers.onTheWay(calls, root, path, real, clocks.nanos()).marked();
      return Facts.of(kind(), statx, marked, lastSegment(real));
    } finally {
      calls.close(opened.descriptor());
    }
  }

  private @Nullable Entry attempt(
      DocumentRoot.Generation root, PathKey key, @Nullable Entry known, boolean last) {
    long now = clocks.nanos();
    long wall = clocks.millis();
    Opened opened = opener.open(root, key.bytes);
    int descriptor = opened.descriptor();
    int errno = descriptor < 0 ? -descriptor : -Math.min(0, calls.stat(descriptor, 0, statx));
    try {
      if (known != null && Errno.noDescriptors(-errno) && stillNames(root, known)) {
        known.checkedNanos = now;
        return known;
      }
      if (errno != 0) {
        Found found = new Found(Facts.ofError(errno), root.number, true, root.local);
        return unlessKnown(known, key, found, wall, now);
      }
      Markers.Seen seen = markers.onTheWay(calls, root, key.bytes, opened.realPath(), now);
      boolean marked = seen.marked();
      long checked = seen.checkedNanos();
      if (endsWith(opened.realPath(), DELETED)) {
        return null;
      }
      Found found = found(root, key, opened, marked);
      Entry unchanged = known == null ? null : confirmed(known, found, checked);
      if (unchanged != null) {
        return unchanged;
      }
      return found.facts().kind() == Kind.REGULAR
          ? read(descriptor, key, found, wall, checked, last)
          : new Entry(store, key, found, Content.NONE, wall, checked);
    } finally {
      if (descriptor >= 0) {
        calls.close(descriptor);
      }
    }
  }

  /// Without a descriptor to open it by, what is known can still be asked for by its name.
  private boolean stillNames(DocumentRoot.Generation root, Entry known) {
    byte[] path = known.key.bytes;
    int from = Opener.relativeFrom(path);
    int result =
        from == path.length
            ? calls.stat(root.descriptor, 0, statx)
            : calls.stat(root.descriptor, path, from, path.length, statx);
    Facts facts = known.facts();
    return result < 0
        ? facts.kind() == Kind.ABSENT && facts.errno() == -result
        : facts.errno() == 0 && facts.sameVersion(statx);
  }

  private Found found(DocumentRoot.Generation root, PathKey key, Opened opened, boolean marked) {
    byte[] real = opened.realPath();
    Facts facts = Facts.of(kind(), statx, marked, lastSegment(real));
    boolean local = root.local && FileSystems.isLocal(calls, opened.descriptor());
    return new Found(facts, root.number, isDirect(root, key.bytes, real), local);
  }

  private Kind kind() {
    return statx.regular() ? Kind.REGULAR : statx.directory() ? Kind.DIRECTORY : Kind.OTHER;
  }

  /// The entry, null if the file changed meanwhile.
  private @Nullable Entry read(
      int pathDescriptor, PathKey key, Found found, long wall, long now, boolean last) {
    long tick = last ? 0 : tickLeftMillis(found.facts(), wall);
    if (tick > 0) {
      LockSupport.parkNanos(tick * 1_000_000);
      return null;
    }
    int descriptor = calls.reopen(pathDescriptor, O_RDONLY);
    if (descriptor < 0) {
      Facts unreadable = Facts.ofError(-descriptor);
      Found not = new Found(unreadable, found.generation(), false, false);
      return new Entry(store, key, not, Content.NONE, wall, now);
    }
    Content content = reader.read(descriptor, found.facts());
    if (content == null) {
      return null;
    }
    if (content.refused()) {
      Facts full = Facts.ofError(Errno.EMFILE);
      Found not = new Found(full, found.generation(), false, false);
      return new Entry(store, key, not, Content.NONE, wall, now);
    }
    return new Entry(store, key, found, content, wall, now);
  }

  /// Until a write at that time would have left another. A clock that was set back is not waited
  /// for.
  private static long tickLeftMillis(Facts facts, long wall) {
    long changed = facts.ctimeSeconds() * 1000 + facts.ctimeNanos() / 1_000_000;
    long age = wall - changed;
    return Math.abs(age) > TICK_MILLIS ? 0 : TICK_MILLIS + 1 - Math.max(0, age);
  }

  private Entry unlessKnown(@Nullable Entry known, PathKey key, Found found, long wall, long now) {
    Entry unchanged = known == null ? null : confirmedError(known, found, now);
    return unchanged == null ? new Entry(store, key, found, Content.NONE, wall, now) : unchanged;
  }

  private static @Nullable Entry confirmedError(Entry known, Found found, long now) {
    Facts facts = known.facts();
    if (facts.errno() == found.facts().errno()) {
      known.checkedNanos = now;
      return known;
    }
    return null;
  }

  private @Nullable Entry confirmed(Entry known, Found found, long now) {
    Facts facts = known.facts();
    boolean same =
        facts.kind() == found.facts().kind()
            && facts.sameVersion(statx)
            && facts.marked() == found.facts().marked()
            && known.direct == found.direct()
            && Arrays.equals(facts.realName(), found.facts().realName());
    if (!same || (known.wantsBody() && store.room().hasRoom(facts.size()))) {
      return null;
    }
    known.checkedNanos = now;
    return known;
  }

  /// Whether the kernel knows the file by the very name that was asked for.
  private static boolean isDirect(DocumentRoot.Generation root, byte[] path, byte[] real) {
    int from = Opener.relativeFrom(path);
    int rest = Opener.beneathFrom(root.realPath, real);
    return rest >= 0 && Arrays.equals(path, from, path.length, real, rest, real.length);
  }

  private static byte[] lastSegment(byte[] path) {
    int from = path.length;
    while (from > 0 && path[from - 1] != '/') {
      from--;
    }
    return Arrays.copyOfRange(path, from, path.length);
  }

  private static boolean endsWith(byte[] name, byte[] suffix) {
    int from = name.length - suffix.length;
    return from >= 0 && Arrays.equals(name, from, name.length, suffix, 0, suffix.length);
  }
}
