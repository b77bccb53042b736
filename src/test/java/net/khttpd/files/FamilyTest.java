package net.khttpd.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Several document roots under one bound.
final class FamilyTest {
  @TempDir Path temp;
  private Path one;
  private Path two;

  @BeforeEach
  void layOut() throws Exception {
    one = Files.createDirectory(temp.resolve("one"));
    two = Files.createDirectory(temp.resolve("two"));
    Files.writeString(one.resolve("a.txt"), "of one");
    Files.writeString(two.resolve("a.txt"), "of two");
  }

  @Test
  void thePathOfOneRootIsNeverTheFileOfAnother() throws Exception {
    try (Site first = new Site(Site.config(one))) {
      Site second = first.beside(Site.config(two));
      for (int i = 0; i < 3; i++) {
        assertEquals("of one", Site.text(first.get("/a.txt")));
        assertEquals("of two", Site.text(second.get("/a.txt")));
      }
      assertTrue(first.view.owns(first.get("/a.txt")));
      assertFalse(first.view.owns(second.get("/a.txt")));
      assertSame(second.get("/a.txt"), second.fresh("/a.txt"));
      assertEquals(2, first.prepared.get() + second.prepared.get());
    }
  }

  @Test
  void theBoundsHoldForAllRootsTogether() throws Exception {
    for (int i = 0; i < 80; i++) {
      Files.writeString(one.resolve("f" + i), "x".repeat(900));
      Files.writeString(two.resolve("f" + i), "x".repeat(900));
    }
    try (Site first = new Site(Site.config(one), new Bounds(40_000, 60, 1 << 20, 50))) {
      Site second = first.beside(Site.config(two));
      for (int i = 0; i < 80; i++) {
        assertEquals(900, first.get("/f" + i).facts().size());
        assertEquals(900, second.get("/f" + i).facts().size());
        first.files.turn();
        assertTrue(first.caches.entries() <= 60);
        assertTrue(first.caches.bodyBytes() <= 40_000);
      }
      assertNotNull(second.fresh("/f79"));
      assertEquals(first.caches.entries(), first.cache.entries() + second.cache.entries());
    }
    assertEquals(0, Site.descriptorsInto(temp));
  }
}
