package net.khttpd.files;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Several loops read while one writer replaces, rewrites and removes: every body is one version. A
/// version of a file is one letter, as often as the version says.
final class HammerTest {
  private static final int LOOPS = 3;
  private static final int FILES = 20;
  private static final int READS = 30_000;
  private static final int WRITES = 3_000;

  @TempDir Path root;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  @Test
  void lengthAndBytesAlwaysBelongToOneVersion() throws Exception {
    var clocks = new Clocks(HammerTest::quickNanos, System::currentTimeMillis);
    try (var caches = new FileCaches(new Bounds(4000, FILES / 2, 1 << 20, 10), clocks)) {
      FileCache cache =
          caches.open(new Config(root.toString(), List.of(), true, List.of(), 700, false), _ -> {});
      Thread[] threads = new Thread[LOOPS + 1];
      for (int i = 0; i < LOOPS; i++) {
        int loop = i;
        threads[i] = new Thread(() -> guarded(() -> read(cache, loop)));
      }
      threads[LOOPS] = new Thread(() -> guarded(this::write));
      for (Thread thread : threads) {
        thread.start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertNull(failure.get());
    assertEquals(0, Site.descriptorsInto(root));
  }

  /// A second of the cache is a millisecond.
  private static long quickNanos() {
    return System.nanoTime() * 1000;
  }

  private interface Work {
    void run() throws Exception;
  }

  private void guarded(Work work) {
    try {
      work.run();
    } catch (Throwable t) {
      failure.compareAndSet(null, t);
    }
  }

  private void read(FileCache cache, int loop) throws Exception {
    Random random = new Random(loop);
    LinkedBlockingQueue<Runnable> mailbox = new LinkedBlockingQueue<>();
    LoopFiles files = cache.family().loop(loop, mailbox::add);
    View view = files.view(cache);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocate(8);
      for (int i = 0; i < READS; i++) {
        int file = random.nextInt(FILES);
        path.setString(0, "/f" + (char) ('a' + file));
        Entry entry = view.fresh(path, 0, 3, file, quickNanos());
        if (entry != null) {
          check(entry);
        } else {
          view.find(path, 0, 3, file, List.of(), HammerTest::check);
          files.park();
          Runnable answer = mailbox.poll(20, TimeUnit.SECONDS);
          files.unpark();
          if (answer == null) {
            throw new AssertionError("no answer within 20 s");
          }
          answer.run();
        }
        files.turn();
      }
    } finally {
      files.park();
    }
  }

  private static void check(Entry entry) {
    MemorySegment body = entry.body();
    if (body == null) {
      return;
    }
    long size = body.byteSize();
    assertEquals(entry.facts().size(), size);
    for (long i = 0; i < size; i++) {
      assertEquals((byte) ('a' + size % 26), body.get(ValueLayout.JAVA_BYTE, i));
    }
  }

  private void write() throws Exception {
    Random random = new Random(99);
    for (int i = 0; i < WRITES && failure.get() == null; i++) {
      Path file = root.resolve("f" + (char) ('a' + random.nextInt(FILES)));
      int size = random.nextInt(900);
      String content = String.valueOf((char) ('a' + size % 26)).repeat(size);
      if (random.nextInt(10) == 0) {
        Files.deleteIfExists(file);
      } else {
        Path next = Files.writeString(root.resolve("next"), content);
        Files.move(next, file, ATOMIC_MOVE);
      }
    }
  }
}
