package net.khttpd.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A cache over a real directory, driven by one test thread as its loop, with a clock by hand.
final class Site implements AutoCloseable {
  static final Bounds BOUNDS = new Bounds(1 << 20, 100, 1 << 20, 50);

  final AtomicLong now = new AtomicLong(1_000_000_000_000L);
  final AtomicInteger prepared = new AtomicInteger();
  final FileCaches caches;
  final FileCache cache;
  final LoopFiles files;
  final View view;
  private final LinkedBlockingQueue<Runnable> mailbox;

  Site(Config config) {
    this(config, BOUNDS);
  }

  Site(Config config, Bounds bounds) {
    this(config, clocks -> new FileCaches(bounds, clocks));
  }

  /// One that is told of changes.
  static Site hinted(Config config, Consumer<String> events) {
    return hinted(config, new Watches(new Hints(Arrays::hashCode, events)));
  }

  static Site hinted(Config config, Watches watches) {
    return new Site(config, clocks -> new FileCaches(BOUNDS, clocks, watches));
  }

  private Site(Config config, Function<Clocks, FileCaches> family) {
    mailbox = new LinkedBlockingQueue<>();
    caches = family.apply(new Clocks(now::get, System::currentTimeMillis));
    cache = caches.open(config, _ -> prepared.incrementAndGet());
    files = caches.loop(0, mailbox::add);
    view = files.view(cache);
  }

  private Site(Config config, Site family) {
    mailbox = family.mailbox;
    caches = family.caches;
    cache = caches.open(config, _ -> prepared.incrementAndGet());
    files = family.files;
    view = files.view(cache);
    now.set(family.now.get());
  }

  /// Another root of the same family, seen by the same loop; closed with it.
  Site beside(Config config) {
    return new Site(config, this);
  }

  static Config config(Path root) {
    return config(root, List.of(), List.of());
  }

  static Config config(Path root, List<String> markers, List<String> symlinkRoots) {
    return new Config(root.toString(), markers, true, symlinkRoots, 1000, false);
  }

  /// Over a second goes by.
  void later() {
    now.addAndGet(1_000_000_001L);
  }

  @Nullable Entry fresh(String path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocateFrom(path);
      int length = (int) bytes.byteSize() - 1;
      return view.fresh(bytes, 0, length, hash(path), now.get());
    }
  }

  /// As a loop does it: the remembered entry, else a look-up.
  Entry get(String path) throws InterruptedException {
    Entry entry = fresh(path);
    return entry != null ? entry : find(path);
  }

  Entry find(String path) throws InterruptedException {
    @Nullable Entry[] found = new Entry[1];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocateFrom(path);
      int length = (int) bytes.byteSize() - 1;
      view.find(bytes, 0, length, hash(path), List.of(), entry -> found[0] = entry);
    }
    while (found[0] == null) {
      runOne();
    }
    return found[0];
  }

  void runOne() throws InterruptedException {
    Runnable task = mailbox.poll(20, TimeUnit.SECONDS);
    if (task == null) {
      throw new AssertionError("no answer within 20 s");
    }
    task.run();
  }

  static int hash(String path) {
    return Arrays.hashCode(path.getBytes(UTF_8));
  }

  static String text(Entry entry) {
    MemorySegment body = entry.body();
    return body == null ? "(none)" : new String(body.toArray(ValueLayout.JAVA_BYTE), UTF_8);
  }

  /// Open descriptors of this process that lead to or into a directory.
  static long descriptorsInto(Path directory) throws IOException {
    try (var all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(link -> leadsInto(link, directory)).count();
    }
  }

  private static boolean leadsInto(Path link, Path directory) {
    try {
      return Files.readSymbolicLink(link).startsWith(directory);
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  @Override
  public void close() {
    files.park();
    caches.close();
  }
}
