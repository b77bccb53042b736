package net.khttpd.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Inotify;
import net.khttpd.kernel.KernelRefusal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Changes are told by inotify: hardly any time goes by here, so the check of each second sees
/// none.
final class HintsTest {
  private static final long DEADLINE_NANOS = 20_000_000_000L;

  @TempDir Path temp;
  private final List<String> events = new CopyOnWriteArrayList<>();
  private Path root;
  private Path file;
  private Site site;
  private int moments;

  @BeforeEach
  void open() throws Exception {
    root = Files.createDirectory(temp.resolve("root"));
    Path directory = Files.createDirectory(root.resolve("d"));
    file = Files.writeString(directory.resolve("a.txt"), "one");
    site = Site.hinted(Site.config(root, List.of(".mark"), List.of()), events::add);
  }

  @AfterEach
  void close() {
    site.close();
    assertEquals(List.of(), events);
  }

  /// The entry once it says what is expected.
  private interface Expected {
    boolean in(Entry entry);
  }

  private void await(String path, Expected expected) throws Exception {
    long end = System.nanoTime() + DEADLINE_NANOS;
    while (!expected.in(site.get(path))) {
      assertTrue(System.nanoTime() < end, "not told of a change of " + path);
      moment();
    }
  }

  /// What changes often is not looked up more often than that. Of a second only a part goes by, for
  /// the whole test.
  private void moment() {
    if (moments < 10) {
      moments++;
      site.now.addAndGet(Entry.HINTED_NANOS + 1);
    }
    Thread.onSpinWait();
  }

  private void awaitText(String path, String text) throws Exception {
    await(path, entry -> Site.text(entry).equals(text));
  }

  /// A directory is watched soon after the first look-up in it; what happens before is seen by the
  /// check.
  private Entry getWatched(String path) throws Exception {
    Entry entry = site.get(path);
    long end = System.nanoTime() + DEADLINE_NANOS;
    while (site.cache.store().watching(Hinting.directoryOf(path.getBytes(UTF_8))) == null) {
      assertTrue(System.nanoTime() < end, "not watched: the directory of " + path);
      entry = site.get(path);
    }
    return entry;
  }

  enum Change {
    REPLACED,
    REWRITTEN,
    TRUNCATED,
    APPENDED,
    CHMOD,
    DELETED
  }

  @ParameterizedTest
  @EnumSource
  void aChangeIsSeenThoughHardlyAnyTimeGoesBy(Change change) throws Exception {
    Entry before = site.get("/d/a.txt");
    assertEquals("one", Site.text(before));
    switch (change) {
      case REPLACED -> Files.move(Files.writeString(temp.resolve("new"), "two"), file, ATOMIC_MOVE);
      case REWRITTEN -> Files.writeString(file, "two");
      case TRUNCATED -> Files.writeString(file, "");
      case APPENDED -> Files.writeString(file, "+", StandardOpenOption.APPEND);
      case CHMOD ->
          Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
      case DELETED -> Files.delete(file);
    }
    await("/d/a.txt", entry -> entry != before);
    awaitText(
        "/d/a.txt",
        switch (change) {
          case REPLACED, REWRITTEN -> "two";
          case TRUNCATED -> "";
          case APPENDED -> "one+";
          case CHMOD -> "one";
          case DELETED -> "(none)";
        });
  }

  @Test
  void aNameThatWasAbsentIsFoundWhenItComes() throws Exception {
    assertEquals(Kind.ABSENT, site.get("/d/b.txt").facts().kind());
    Files.writeString(root.resolve("d/b.txt"), "here");
    awaitText("/d/b.txt", "here");
  }

  @Test
  void aRenamedDirectoryTakesItsFilesAlong() throws Exception {
    assertEquals("one", Site.text(getWatched("/d/a.txt")));
    Files.move(root.resolve("d"), root.resolve("e"));
    await("/d/a.txt", entry -> entry.facts().kind() == Kind.ABSENT);
    awaitText("/e/a.txt", "one");
  }

  @Test
  void whatTakesTheNameOfARenamedDirectoryIsWatched() throws Exception {
    getWatched("/d/a.txt");
    PathKey directory = Hinting.directoryOf("/d/a.txt".getBytes(UTF_8));
    Watched before = site.cache.store().watching(directory);
    Files.move(root.resolve("d"), root.resolve("e"));
    Files.createDirectory(root.resolve("d"));
    Files.writeString(file, "new");
    long end = System.nanoTime() + DEADLINE_NANOS;
    Watched now = before;
    while (now == null || now == before) {
      assertTrue(System.nanoTime() < end, "the new directory is not watched");
      site.later();
      site.get("/d/a.txt");
      now = site.cache.store().watching(directory);
    }
    Files.writeString(file, "again");
    awaitText("/d/a.txt", "again");
  }

  /// A worker may come to watch a directory when its store has just ended.
  @Test
  void aStoreThatHasEndedWatchesNothing() throws Exception {
    getWatched("/d/a.txt");
    Watches watches = site.cache.family().watches();
    assertNotNull(watches);
    site.cache.close();
    watches.forget(site.cache.store());
    assertEquals(0, watches.size());
    PathKey directory = Hinting.directoryOf("/d/a.txt".getBytes(UTF_8));
    assertFalse(watches.watch(site.cache.store(), site.cache.root().current(), directory));
    assertEquals(0, watches.size());
  }

  @Test
  void aMarkerCountsForAllBelowItsDirectory() throws Exception {
    Path deep = Files.createDirectory(root.resolve("d/deep"));
    Files.writeString(deep.resolve("x"), "x");
    getWatched("/d/a.txt");
    getWatched("/d/deep/x");
    Files.createFile(root.resolve("d/.mark"));
    await("/d/a.txt", entry -> entry.facts().marked());
    await("/d/deep/x", entry -> entry.facts().marked());
  }

  @Test
  void theSameDirectoryIsKnownByEveryPathThatLeadsToIt() throws Exception {
    Files.createSymbolicLink(root.resolve("link"), Path.of("d"));
    assertEquals("one", Site.text(getWatched("/link/a.txt")));
    assertEquals("one", Site.text(getWatched("/d/a.txt")));
    Files.writeString(file, "two");
    awaitText("/link/a.txt", "two");
    awaitText("/d/a.txt", "two");
  }

  @Test
  void whatIsToldOfOtherNamesConcernsNobody() throws Exception {
    Entry before = site.get("/d/a.txt");
    assertSame(before, site.get("/d/a.txt"));
    Files.writeString(root.resolve("d/other.txt"), "other");
    site.get("/d/b.txt");
    Files.writeString(root.resolve("d/b.txt"), "here"); // told after the other
    awaitText("/d/b.txt", "here");
    assertSame(before, site.fresh("/d/a.txt"));
    assertEquals(3, site.prepared.get());
  }

  @Test
  void aRemovedDirectoryMayComeBack() throws Exception {
    getWatched("/d/a.txt");
    Files.delete(file);
    Files.delete(root.resolve("d"));
    await("/d/a.txt", entry -> entry.facts().kind() == Kind.ABSENT);
    Files.createDirectory(root.resolve("d"));
    Files.writeString(file, "back");
    site.later(); // nobody has watched what was not there
    assertEquals("back", Site.text(getWatched("/d/a.txt")));
    Files.writeString(file, "again");
    awaitText("/d/a.txt", "again");
  }

  @Test
  void anotherRootIsWatchedWhenTheLinkToItMoves() throws Exception {
    Path other = Files.createDirectory(temp.resolve("other"));
    Path of = Files.writeString(other.resolve("a.txt"), "deployed");
    Files.writeString(root.resolve("a.txt"), "old");
    Path link = Files.createSymbolicLink(temp.resolve("live"), root);
    try (Site live = Site.hinted(Site.config(link), events::add)) {
      assertEquals("old", Site.text(live.get("/a.txt")));
      Files.move(Files.createSymbolicLink(temp.resolve("next"), other), link, ATOMIC_MOVE);
      live.later();
      assertEquals("deployed", Site.text(live.get("/a.txt")));
      live.get("/a.txt");
      Files.writeString(of, "changed");
      long end = System.nanoTime() + DEADLINE_NANOS;
      while (!Site.text(live.get("/a.txt")).equals("changed")) {
        assertTrue(System.nanoTime() < end, "not told");
        live.now.addAndGet(moments++ < 10 ? Entry.HINTED_NANOS + 1 : 0);
      }
    }
  }

  @Test
  void watchesAreBoundedAndGoWithTheCaches() throws Exception {
    for (int i = 0; i < 40; i++) {
      Path directory = Files.createDirectory(root.resolve("n" + i));
      Files.writeString(directory.resolve("x"), "x");
    }
    var watches = new Watches(new Hints(Arrays::hashCode, events::add), 10, Inotify::new);
    var bounds = new Bounds(1 << 20, 100, 1 << 20, 50);
    try (var caches = new FileCaches(bounds, Clocks.SYSTEM, watches)) {
      FileCache cache = caches.open(Site.config(root), _ -> {});
      for (int i = 0; i < 40; i++) {
        byte[] path = ("/n" + i + "/x").getBytes(UTF_8);
        DocumentRoot.Generation generation = cache.root().current();
        assertTrue(watches.watch(cache.store(), generation, Hinting.directoryOf(path)));
        assertTrue(watches.size() <= 10);
        assertNotNull(cache.store().watching(Hinting.directoryOf(path)));
      }
      assertTrue(caches.retire());
      assertEquals(0, watches.size());
    }
  }

  @Test
  void aRefusalIsSaidOnceAndTheCheckSeesChanges() throws Exception {
    var said = new ArrayList<String>();
    var hints = new Hints(Arrays::hashCode, said::add);
    var watches =
        new Watches(
            hints,
            10,
            () -> {
              throw new KernelRefusal("inotify_init1", Errno.EMFILE);
            });
    try (Site refused = Site.hinted(Site.config(root), watches)) {
      assertEquals("one", Site.text(refused.get("/d/a.txt")));
      refused.get("/d/b.txt");
      Files.writeString(file, "two");
      refused.later();
      assertEquals("two", Site.text(refused.get("/d/a.txt")));
    }
    assertEquals(
        List.of(
            "inotify: inotify_init1: EMFILE (this process has no more descriptors)"
                + " (fs.inotify.max_user_instances); changes of files are seen within a second,"
                + " not at once"),
        said);
  }

  @Test
  void lostEventsAreSaidOnceAndTheCheckSeesChanges() throws Exception {
    var said = new ArrayList<String>();
    var watches = new Watches(new Hints(Arrays::hashCode, said::add));
    try (Site site = Site.hinted(Site.config(root), watches)) {
      assertEquals("one", Site.text(site.get("/d/a.txt")));
      watches.happened(-1, Inotify.IN_Q_OVERFLOW, new byte[0]);
      watches.happened(-1, Inotify.IN_Q_OVERFLOW, new byte[0]);
      Files.writeString(file, "two");
      site.later();
      assertEquals("two", Site.text(site.get("/d/a.txt")));
    }
    assertEquals(
        List.of(
            "inotify: events were lost (fs.inotify.max_queued_events); changes of files are seen"
                + " within a second, not at once"),
        said);
  }
}
