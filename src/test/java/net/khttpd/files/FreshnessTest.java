package net.khttpd.files;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A change is seen after a second, and what did not change stays.
final class FreshnessTest {
  @TempDir Path temp;
  private Path root;
  private Path file;
  private Site site;

  @BeforeEach
  void open() throws Exception {
    root = Files.createDirectory(temp.resolve("root"));
    file = Files.writeString(root.resolve("a.txt"), "one");
    site = new Site(Site.config(root));
  }

  @AfterEach
  void close() {
    site.close();
  }

  enum Change {
    REPLACED,
    REWRITTEN_WITH_RESTORED_MTIME,
    TRUNCATED,
    APPENDED,
    CHMOD,
    DELETED,
    DIRECTORY_NOW
  }

  private void make(Change change) throws Exception {
    switch (change) {
      case REPLACED -> Files.move(Files.writeString(root.resolve("new"), "two"), file, ATOMIC_MOVE);
      case REWRITTEN_WITH_RESTORED_MTIME -> {
        FileTime mtime = Files.getLastModifiedTime(file);
        Files.writeString(file, "two");
        Files.setLastModifiedTime(file, mtime);
      }
      case TRUNCATED -> Files.writeString(file, "");
      case APPENDED -> Files.writeString(file, "+", StandardOpenOption.APPEND);
      case CHMOD ->
          Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
      case DELETED -> Files.delete(file);
      case DIRECTORY_NOW -> {
        Files.delete(file);
        Files.createDirectory(file);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aChangeIsSeenAfterASecond(Change change) throws Exception {
    Entry before = site.get("/a.txt");
    assertEquals("one", Site.text(before));
    make(change);
    assertSame(before, site.fresh("/a.txt"), "within the second the old one may be served");
    site.later();
    assertNull(site.fresh("/a.txt"));
    Entry after = site.get("/a.txt");
    assertNotSame(before, after);
    assertTrue(before.removed());
    assertEquals(
        switch (change) {
          case REPLACED, REWRITTEN_WITH_RESTORED_MTIME -> "two";
          case TRUNCATED -> "";
          case APPENDED -> "one+";
          case CHMOD -> "one";
          case DELETED, DIRECTORY_NOW -> "(none)";
        },
        Site.text(after));
  }

  @Test
  void whatDidNotChangeIsCheckedOnTheLoopAndStays() throws Exception {
    Entry before = site.get("/a.txt");
    for (int i = 0; i < 3; i++) {
      site.later();
      assertSame(before, site.fresh("/a.txt"));
    }
    assertSame(before, site.find("/a.txt"));
    assertEquals(1, site.prepared.get());
  }

  @Test
  void anAbsentNameIsRememberedAndFoundWhenItComes() throws Exception {
    Entry absent = site.get("/b.txt");
    assertEquals(Kind.ABSENT, absent.facts().kind());
    assertSame(absent, site.fresh("/b.txt"));
    site.later();
    assertSame(absent, site.get("/b.txt"));
    Files.writeString(root.resolve("b.txt"), "here");
    site.later();
    assertEquals("here", Site.text(site.get("/b.txt")));
  }

  @Test
  void aRenamedDirectoryTakesItsFilesAlong() throws Exception {
    Path directory = Files.createDirectory(root.resolve("d"));
    Files.writeString(directory.resolve("x"), "x");
    assertEquals("x", Site.text(site.get("/d/x")));
    Files.move(directory, root.resolve("e"));
    site.later();
    assertEquals(Kind.ABSENT, site.get("/d/x").facts().kind());
    assertEquals("x", Site.text(site.get("/e/x")));
  }

  @Test
  void aMarkerCountsAfterASecondForFilesOfARememberedDirectory() throws Exception {
    Path directory = Files.createDirectory(root.resolve("m"));
    Files.writeString(directory.resolve("x"), "x");
    Files.writeString(directory.resolve("y"), "y");
    try (var marked = new Site(Site.config(root, List.of(".mark"), List.of()))) {
      assertFalse(marked.get("/m/x").facts().marked());
      Files.createFile(directory.resolve(".mark"));
      marked.now.addAndGet(900_000_000);
      assertFalse(marked.get("/m/y").facts().marked(), "what is remembered is not a second old");
      marked.now.addAndGet(200_000_000);
      assertTrue(marked.get("/m/x").facts().marked());
      assertTrue(marked.get("/m/y").facts().marked());
    }
  }

  @Test
  void theRootMovesWithItsLink() throws Exception {
    Path other = Files.createDirectory(temp.resolve("other"));
    Files.writeString(other.resolve("a.txt"), "deployed");
    Path link = Files.createSymbolicLink(temp.resolve("live"), root);
    try (Site live = new Site(Site.config(link))) {
      Entry before = live.get("/a.txt");
      assertEquals("one", Site.text(before));
      Path next = Files.createSymbolicLink(temp.resolve("next"), other);
      Files.move(next, link, ATOMIC_MOVE);
      live.later();
      assertEquals("deployed", Site.text(live.get("/a.txt")));
      assertTrue(before.removed());
      Files.delete(link);
      live.later();
      assertEquals(Kind.ABSENT, live.get("/a.txt").facts().kind());
      Files.createSymbolicLink(link, root);
      live.later();
      assertEquals("one", Site.text(live.get("/a.txt")));
    }
  }

  @Test
  void evictedBodiesLiveWhileRetainedAndTheBoundsHold() throws Exception {
    for (int i = 0; i < 1000; i++) {
      Files.writeString(root.resolve("f" + i), "content " + i);
    }
    Entry held = site.get("/f0");
    assertTrue(held.retain());
    for (int i = 1; i < 1000; i++) {
      assertEquals("content " + i, Site.text(site.get("/f" + i)));
      site.files.turn();
      assertTrue(site.cache.entries() <= 100);
    }
    assertTrue(held.removed());
    assertEquals("content 0", Site.text(held));
    held.release();
    site.files.turn();
  }

  @Test
  void descriptorsAreBoundedAndClosed() throws Exception {
    for (int i = 0; i < 200; i++) {
      Files.writeString(root.resolve("g" + i), "y".repeat(2000));
    }
    for (int i = 0; i < 200; i++) {
      site.files.turn();
      Entry entry = site.get("/g" + i);
      boolean served = entry.descriptor() >= 0;
      assertTrue(served || entry.facts().kind() == Kind.FAILED);
      assertTrue(site.caches.descriptors() <= 50);
    }
    site.close();
    assertEquals(0, Site.descriptorsInto(temp));
    assertFalse(site.caches.descriptors() > 0);
  }
}
