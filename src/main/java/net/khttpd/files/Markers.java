package net.khttpd.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static net.khttpd.kernel.OpenFlags.O_NOFOLLOW;
import static net.khttpd.kernel.OpenFlags.O_PATH;
import static net.khttpd.kernel.OpenFlags.RESOLVE_CACHED;
import static net.khttpd.kernel.OpenFlags.RESOLVE_NO_MAGICLINKS;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.FileCalls;

/// Whether a directory on the way holds a marker file (`.htaccess`): remembered per directory for a
/// second. Shared by all loops and workers.
///
/// A marker is only looked for by name, never followed or read; any answer but "no such name"
/// counts as marked, because a marked file is passed on and that is the safe side.
final class Markers {
  /// A loop makes at most this many look-ups for one re-check; deeper paths go to a worker.
  private static final int LOOP_LOOKUPS = 16;

  /// Directories remembered; they are forgotten after a second anyway.
  private static final int DIRECTORIES = 8192;

  private final List<byte[]> names;
  private final ConcurrentHashMap<PathKey, Directory> directories = new ConcurrentHashMap<>();

  Markers(List<String> names) {
    this.names = names.stream().map(name -> name.getBytes(UTF_8)).toList();
  }

  boolean none() {
    return names.isEmpty();
  }

  boolean isOne(byte[] name) {
    return names.stream().anyMatch(each -> Arrays.equals(each, name));
  }

  /// What is known of the directories on the way to a file.
  ///
  /// @param checkedNanos when the kernel was asked about the one that it was asked about first:
  ///   what follows from this must not be believed for longer than from then on
  record Seen(boolean marked, long checkedNanos) {}

  /// Whether a directory above `path`, or one that `real` lies in, is marked. The second matters
  /// where a link was on the way. May block.
  Seen onTheWay(FileCalls calls, DocumentRoot.Generation root, byte[] path, byte[] real, long now) {
    if (names.isEmpty()) {
      return new Seen(false, now);
    }
    Seen asked = above(calls, root, path, Opener.relativeFrom(path), now);
    if (asked.marked || real.length == 0) {
      return asked;
    }
    int rest = Opener.beneathFrom(root.realPath, real);
    Seen meant = above(calls, root, real, Math.max(rest, 0), now);
    return new Seen(meant.marked, Math.min(asked.checkedNanos, meant.checkedNanos));
  }

  private Seen above(
      FileCalls calls, DocumentRoot.Generation root, byte[] path, int from, long now) {
    long oldest = now;
    for (int end = from; end >= 0; end = nextDirectory(path, end)) {
      Directory directory = directory(calls, root, path, from, end, now);
      oldest = Math.min(oldest, directory.checkedNanos);
      if (directory.marked) {
        return new Seen(true, oldest);
      }
    }
    return new Seen(false, oldest);
  }

  /// Whether every directory above `path`, unmarked when last seen, still is. Never blocks: no
  /// answer from the kernel's caches counts as no.
  boolean stillUnmarked(FileCalls calls, DocumentRoot.Generation root, Entry entry) {
    byte[] path = entry.path();
    int lookups = 0;
    int from = Opener.relativeFrom(path);
    for (int end = from; end >= 0; end = nextDirectory(path, end)) {
      for (byte[] name : names) {
        if (++lookups > LOOP_LOOKUPS) {
          return false;
        }
        long resolve = RESOLVE_NO_MAGICLINKS | RESOLVE_CACHED;
        if (look(calls, root, path, from, end, name, resolve) != -Errno.ENOENT) {
          return false;
        }
      }
    }
    return true;
  }

  int directories() {
    return directories.size();
  }

  void clear() {
    directories.clear();
  }

  private Directory directory(
      FileCalls calls, DocumentRoot.Generation root, byte[] path, int from, int end, long now) {
    byte[] prefix = Arrays.copyOfRange(path, from, end);
    PathKey key = new PathKey(prefix, Arrays.hashCode(prefix));
    Directory known = directories.get(key);
    if (known != null
        && known.generation == root.number
        && now - known.checkedNanos <= DocumentRoot.CHECK_NANOS) {
      return known;
    }
    if (directories.size() >= DIRECTORIES) {
      directories.clear();
    }
    Directory fresh = new Directory(isMarked(calls, root, path, from, end), now, root.number);
    directories.put(key, fresh);
    return fresh;
  }

  private boolean isMarked(
      FileCalls calls, DocumentRoot.Generation root, byte[] path, int from, int end) {
    for (byte[] name : names) {
      int errno = look(calls, root, path, from, end, name, RESOLVE_NO_MAGICLINKS);
      if (errno != -Errno.ENOENT && errno != -Errno.ENOTDIR) {
        return true;
      }
    }
    return false;
  }

  private static int look(
      FileCalls calls,
      DocumentRoot.Generation root,
      byte[] path,
      int from,
      int end,
      byte[] name,
      long resolve) {
    byte[] marker = Arrays.copyOfRange(path, from, end + name.length);
    System.arraycopy(name, 0, marker, end - from, name.length);
    int result =
        calls.open(root.descriptor, marker, 0, marker.length, O_PATH | O_NOFOLLOW, resolve);
    if (result >= 0) {
      calls.close(result);
    }
    return result;
  }

  /// Just behind the slash that ends the next longer directory of the path, or -1.
  private static int nextDirectory(byte[] path, int end) {
    for (int i = end; i < path.length; i++) {
      if (path[i] == '/') {
        return i + 1;
      }
    }
    return -1;
  }

  private record Directory(boolean marked, long checkedNanos, int generation) {}
}
