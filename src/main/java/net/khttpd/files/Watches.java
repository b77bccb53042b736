package net.khttpd.files;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Inotify;
import net.khttpd.kernel.KernelRefusal;
import org.jspecify.annotations.Nullable;

/// The directories of remembered paths, watched by inotify(7): a change makes what it concerns due
/// for its check at once, rather than after a second. A hint only: what is told of nowhere (hard
/// links, network file systems, renames further up, what is lost) is seen by the check.
///
/// Workers add directories after their look-ups, one thread of its own reads the events; loops have
/// nothing to do with it. It begins with the first directory. Thread-safe.
final class Watches implements AutoCloseable {
  /// Directories watched at a time; each takes about a kilobyte of the kernel's memory.
  static final int MOST = 8192;

  /// The longest path of a directory that is watched: whoever asks chooses through how many links.
  private static final int PREFIX_BYTES = 512;

  private static final int MASK =
      Inotify.IN_MODIFY
          | Inotify.IN_ATTRIB
          | Inotify.IN_MOVED_FROM
          | Inotify.IN_MOVED_TO
          | Inotify.IN_CREATE
          | Inotify.IN_DELETE
          | Inotify.IN_DELETE_SELF
          | Inotify.IN_MOVE_SELF
          | Inotify.IN_ONLYDIR;

  private static final int OF_ITSELF =
      Inotify.IN_DELETE_SELF | Inotify.IN_MOVE_SELF | Inotify.IN_UNMOUNT | Inotify.IN_IGNORED;

  /// Between two readings, so that a file that is written all the time costs little.
  private static final long PAUSE_NANOS = 2_000_000;

  private final Hints hints;
  private final int most;
  private final Supplier<Inotify> opener;
  private final AtomicBoolean told = new AtomicBoolean();
  private volatile boolean broken;

  // Guarded by this.
  private final LinkedHashMap<Integer, Watched> watched = new LinkedHashMap<>();
  private @Nullable Inotify inotify;
  private boolean closed;

  Watches(Hints hints) {
    this(hints, MOST, Inotify::new);
  }

  /// @param opener called once, by the first who watches
  Watches(Hints hints, int most, Supplier<Inotify> opener) {
    this.hints = hints;
    this.most = most;
    this.opener = opener;
  }

  /// Watches the directory of a path of that store; may block. True if it is watched: then what was
  /// looked up before this must be checked again.
  ///
  /// @param directory its canonical path beneath the root, with a slash at its end
  boolean watch(Store store, DocumentRoot.Generation root, PathKey directory) {
    Inotify calls = directory.bytes.length > PREFIX_BYTES ? null : begun();
    if (calls == null) {
      return false;
    }
    int watch = calls.watch(nameOf(root, directory.bytes), MASK);
    if (watch == -Errno.ENOSPC) {
      tell("the kernel gives no more inotify watches (fs.inotify.max_user_watches)");
    }
    if (watch < 0) {
      return false; // it is gone, or may not be read
    }
    Watched here;
    Watched leaving;
    synchronized (this) {
      Watched known = watched.get(watch);
      here = known == null ? new Watched(watch) : known;
      leaving = enter(store, root, directory, here, known == null);
    }
    if (leaving != null) {
      calls.unwatch(leaving.watch);
    }
    return leaving != here;
  }

  /// Who is to be watched no more: an older one for want of room, or this very one, because its
  /// store has ended or has another root meanwhile, and nobody else needs it.
  private @Nullable Watched enter(
      Store store, DocumentRoot.Generation root, PathKey directory, Watched here, boolean begins) {
    boolean needed = store.watched(directory, here, root.number);
    if (needed) {
      here.add(new Watched.Alias(store, directory));
    }
    if (!begins) {
      return null;
    }
    if (!needed) {
      return here;
    }
    Watched leaving = watched.size() >= most ? oldest() : null;
    watched.put(here.watch, here);
    return leaving;
  }

  /// What a store has remembered is gone, its root is another.
  void forget(Store store) {
    List<Watched> idle = new ArrayList<>();
    Inotify calls;
    synchronized (this) {
      calls = inotify;
      watched
          .values()
          .removeIf(each -> {
            each.aliases.removeIf(alias -> alias.store() == store);
            boolean none = each.aliases.isEmpty();
            if (none) {
              idle.add(each);
            }
            return none;
          });
    }
    if (calls != null) {
      idle.forEach(each -> calls.unwatch(each.watch));
    }
  }

  /// How many directories are watched.
  synchronized int size() {
    return watched.size();
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (inotify != null) {
      inotify.close();
    }
  }

  private @Nullable Inotify begun() {
    if (broken) {
      return null;
    }
    synchronized (this) {
      if (inotify == null && !closed) {
        try {
          Inotify calls = opener.get();
          inotify = calls;
          Thread.ofPlatform().daemon().name("khttpd-inotify").start(() -> listen(calls));
        } catch (KernelRefusal refused) {
          broken = true;
          tell(refused.getMessage() + " (fs.inotify.max_user_instances)");
        }
      }
      return inotify;
    }
  }

  private void tell(String why) {
    if (told.compareAndSet(false, true)) {
      hints
          .events()
          .accept("inotify: " + why + "; changes of files are seen within a second, not at once");
    }
  }

  private static byte[] nameOf(DocumentRoot.Generation root, byte[] directory) {
    byte[] name = new byte[root.realPath.length + directory.length];
    System.arraycopy(root.realPath, 0, name, 0, root.realPath.length);
    System.arraycopy(directory, 0, name, root.realPath.length, directory.length);
    return name;
  }

  /// Takes one out that nobody has looked into lately, the oldest such.
  private @Nullable Watched oldest() {
    for (int steps = watched.size(); steps > 0; steps--) {
      Map.Entry<Integer, Watched> eldest = watched.pollFirstEntry();
      Watched candidate = eldest.getValue();
      if (!candidate.used || steps == 1) {
        candidate.aliases.forEach(alias -> alias.store().unwatched(alias.prefix(), candidate));
        return candidate;
      }
      candidate.used = false;
      watched.put(eldest.getKey(), candidate);
    }
    return null;
  }

  private void listen(Inotify calls) {
    while (calls.await(this::happened)) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  void happened(int watch, int mask, byte[] name) {
    if ((mask & Inotify.IN_Q_OVERFLOW) != 0) {
      tell("events were lost (fs.inotify.max_queued_events)");
      return;
    }
    List<Watched.Alias> concerned;
    Inotify calls;
    synchronized (this) {
      Watched here = watched.get(watch);
      if (here == null) {
        return;
      }
      here.changed();
      concerned = List.copyOf(here.aliases);
      if ((mask & OF_ITSELF) != 0) {
        watched.remove(watch);
        concerned.forEach(alias -> alias.store().unwatched(alias.prefix(), here));
      }
      calls = inotify;
    }
    if ((mask & Inotify.IN_MOVE_SELF) != 0 && calls != null) {
      calls.unwatch(watch); // it is there still, under a name that nobody has asked for yet
    }
    for (Watched.Alias alias : concerned) {
      tell(alias, mask, name);
    }
  }

  private void tell(Watched.Alias alias, int mask, byte[] name) {
    Store store = alias.store();
    byte[] prefix = alias.prefix().bytes;
    if ((mask & OF_ITSELF) != 0) {
      store.removeBelow(prefix); // so that what is there now is watched
      return;
    }
    if (store.isMarker(name)) {
      store.expireBelow(prefix);
      return;
    }
    if (name.length == 0) {
      return;
    }
    byte[] path = joined(prefix, name, 0);
    store.expire(new PathKey(path, hints.hash().applyAsInt(path)));
    if ((mask & Inotify.IN_ISDIR) != 0) {
      byte[] directory = joined(prefix, name, 1);
      directory[directory.length - 1] = '/';
      store.expireBelow(directory);
    }
  }

  private static byte[] joined(byte[] prefix, byte[] name, int more) {
    byte[] path = new byte[prefix.length + name.length + more];
    System.arraycopy(prefix, 0, path, 0, prefix.length);
    System.arraycopy(name, 0, path, prefix.length, name.length);
    return path;
  }
}
