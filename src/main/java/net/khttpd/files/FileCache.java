package net.khttpd.files;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Memory;
import org.jspecify.annotations.Nullable;

/// The files beneath one document root: what is remembered of its paths, and the look-ups under
/// way. Shared by all loops, each through its own [View].
///
/// A remembered path holds for one second after its last successful check. What it is told in
/// [Config], and what was prepared by it, holds for its whole life.
public final class FileCache {
  private final FileCaches caches;
  private final Config config;
  private final Consumer<Entry> prepare;
  private final Store store;
  private final Markers markers;
  private final DocumentRoot root;
  private final Hinting hinting;
  private final Lookups<PathKey> cold = new Lookups<>();
  private final Lookups<Listing> listings = new Lookups<>();
  private boolean rootRemoved; // by who retires and closes it

  FileCache(FileCaches caches, Config config, Consumer<Entry> prepare) {
    this.caches = caches;
    this.config = config;
    this.prepare = prepare;
    markers = new Markers(config.markers());
    root =
        new DocumentRoot(
            config.root(), caches.reclaimer(), caches.tools().calls, caches.clocks().nanos());
    store = new Store(caches, config, root, markers);
    hinting = new Hinting(caches.watches(), store, caches.clocks());
  }

  /// The family that this is one of.
  public FileCaches family() {
    return caches;
  }

  Store store() {
    return store;
  }

  DocumentRoot root() {
    return root;
  }

  Markers markers() {
    return markers;
  }

  /// How many paths are remembered.
  public int entries() {
    return store.entries();
  }

  /// Ends it, save for what is in flight; true once nothing more can come of it.
  boolean retire() {
    store.close();
    if (!cold.isEmpty() || !listings.isEmpty()) {
      return false; // a look-up is under way and needs the root
    }
    hinting.end();
    removeRoot();
    return true;
  }

  void close() {
    store.close();
  }

  void removeRoot() {
    if (!rootRemoved) {
      rootRemoved = true;
      caches.reclaimer().remove(root.current());
    }
  }

  /// From a loop: joins the look-up of that path which is under way, or begins one; true if it
  /// began one.
  ///
  /// @param beside looked up before it is delivered, if it is a regular file
  boolean find(PathKey key, List<PathKey> beside, Executor mailbox, Waiter waiter) {
    Lookups.Joined joined = cold.join(key, mailbox, waiter);
    if (joined == Lookups.Joined.REFUSED) {
      refuse(key, mailbox, waiter);
      return false;
    }
    boolean first = joined == Lookups.Joined.FIRST;
    if (first && !caches.submit(store, key.bytes, () -> lookUp(key, beside))) {
      finish(key, failed(key, Errno.EAGAIN), false);
      return false;
    }
    return first;
  }

  /// From a loop: joins the listing of that directory which is under way, or has a worker make one.
  /// It is not remembered: it goes to who waits for it, and is freed when nobody sends it any more.
  void list(PathKey directory, Lister lister, Executor mailbox, Waiter waiter) {
    var wanted = new Listing(directory, lister);
    switch (listings.join(wanted, mailbox, waiter)) {
      case FIRST -> {
        if (!caches.submitListing(store, directory.bytes, () -> list(wanted))) {
          finish(wanted, failed(directory, Errno.EAGAIN));
        }
      }
      case LATER -> {}
      case REFUSED -> {
        Entry refused = failed(directory, Errno.EAGAIN);
        refused.setDecision(lister.decision(refused));
        Lookup.give(mailbox, waiter, refused);
        caches.reclaimer().remove(refused);
      }
    }
  }

  private void list(Listing wanted) {
    Entry listed = failed(wanted.directory, Errno.EIO);
    try {
      listed = list(wanted.directory, wanted.lister);
    } finally {
      finish(wanted, listed);
    }
  }

  private void finish(Listing wanted, Entry listed) {
    if (!listed.retain()) {
      throw new IllegalStateException("a listing was freed while it was made");
    }
    listed.setDecision(wanted.lister.decision(listed));
    listings.deliver(wanted, listed);
    listed.release();
    caches.reclaimer().remove(listed);
  }

  private Entry list(PathKey directory, Lister lister) {
    Tools tools = caches.tools();
    caches.readMountsIfOld();
    DocumentRoot.Generation generation = followRoot(tools);
    try {
      var loader = new Loader(tools, config, store, markers, caches.clocks());
      var reader = new DirectoryReader(tools.calls, loader);
      int result = reader.read(generation, directory.bytes);
      if (result < 0) {
        return failed(directory, -result);
      }
      byte[] made = lister.list(directory.bytes, reader.names(), reader.more());
      if (!caches.room().admitMade(made.length)) {
        return failed(directory, Errno.ENOBUFS);
      }
      MemorySegment body = Memory.allocate(made.length);
      MemorySegment.copy(made, 0, body, ValueLayout.JAVA_BYTE, 0, made.length);
      var content = new Content(body, -1, null);
      Found found = new Found(Facts.ofBytes(made.length), generation.number, false, false);
      Clocks clocks = caches.clocks();
      return new Entry(store, directory, found, content, clocks.millis(), clocks.nanos());
    } finally {
      generation.release();
    }
  }

  private void refuse(PathKey key, Executor mailbox, Waiter waiter) {
    Entry entry = failed(key, Errno.EAGAIN);
    prepare.accept(entry);
    Lookup.give(mailbox, waiter, entry);
    store.put(entry, false);
  }

  private Entry failed(PathKey key, int errno) {
    return Loader.failed(store, root.current(), key, errno, caches.clocks());
  }

  private void lookUp(PathKey key, List<PathKey> beside) {
    Tools tools = caches.tools();
    try {
      caches.readMountsIfOld();
      DocumentRoot.Generation generation = followRoot(tools);
      try {
        lookUp(tools, generation, key, beside);
      } finally {
        generation.release();
      }
    } catch (RuntimeException | Error broken) {
      finish(key, failed(key, Errno.EIO), false);
      throw broken;
    }
    if (caches.reclaimer().pending()) {
      boolean _ = caches.reclaimer().sweep(tools.calls);
    }
  }

  private void lookUp(
      Tools tools, DocumentRoot.Generation generation, PathKey key, List<PathKey> beside) {
    Hinting.Before before = hinting.before(key);
    Entry known = store.get(key);
    boolean held = known != null && known.retain();
    long began = caches.clocks().millis();
    try {
      var loader = new Loader(tools, config, store, markers, caches.clocks());
      Entry entry = loader.load(generation, key, held ? known : null);
      if (entry.facts().kind() == Kind.REGULAR) {
        beside.forEach(each -> lookUpBeside(loader, generation, each));
      }
      if (entry == known) {
        outgrow(entry, began);
      }
      finish(key, entry, entry == known);
      hinting.after(before, generation, entry);
    } finally {
      if (known != null && held) {
        known.release();
      }
    }
  }

  /// Nobody waits for it, and where nothing is, nothing needs to be remembered: the kernel knows it
  /// from now on.
  private void lookUpBeside(Loader loader, DocumentRoot.Generation generation, PathKey key) {
    Entry known = store.get(key);
    boolean held = known != null && known.retain();
    long began = caches.clocks().millis();
    try {
      Entry entry = loader.load(generation, key, held ? known : null);
      if (entry == known) {
        outgrow(entry, began);
      } else if (known != null || entry.facts().kind() != Kind.ABSENT) {
        prepare.accept(entry);
        store.put(entry, entry.facts().kind() != Kind.FAILED);
      }
    } finally {
      if (known != null && held) {
        known.release();
      }
    }
  }

  /// What is prepared of a young file says so; found unchanged when it is young no more, it is
  /// prepared anew.
  private void outgrow(Entry known, long checkedMillis) {
    if (known.outgrown(checkedMillis)) {
      known.readAgain(checkedMillis);
      prepare.accept(known);
    }
  }

  /// The generation the name stands for now, retained.
  private DocumentRoot.Generation followRoot(Tools tools) {
    synchronized (root) {
      if (root.follow(tools.calls, caches.clocks().nanos())) {
        markers.clear();
        store.begin(root.current().number);
        hinting.end();
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
    cold.deliver(key, entry);
    entry.release();
  }

  /// For tests: directories whose markers are remembered.
  int directories() {
    return markers.directories();
  }

  /// For tests: the entry now in the table, fresh or not.
  @Nullable Entry peek(PathKey key) {
    return store.get(key);
  }

  /// Listers that are equal make the same of a directory.
  private record Listing(PathKey directory, Lister lister) {}
}
