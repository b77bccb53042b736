package net.khttpd.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What others ask for does not decide how much is remembered.
final class BoundsTest {
  @TempDir Path root;

  @BeforeEach
  void layOut() throws Exception {
    Files.writeString(root.resolve("a.txt"), "hello");
  }

  @Test
  void longPathsThatNameNothingTakeABoundedPartOfTheHeap() throws Exception {
    int heapBytes = 64 * 1024;
    try (Site site = new Site(Site.config(root), new Bounds(1 << 20, 10_000, heapBytes, 50))) {
      for (int i = 0; i < 200; i++) {
        site.find("/" + i + "x".repeat(3_000));
      }
      assertTrue(site.cache.entries() <= heapBytes / 3_000, site.cache.entries() + " entries");
      assertTrue(site.cache.entries() >= heapBytes / 4_000, site.cache.entries() + " entries");
      assertEquals("hello", Site.text(site.find("/a.txt")));
      assertNotNull(site.fresh("/a.txt"));
    }
  }

  /// Each would be asked for its marker, and remembered.
  @Test
  void directoriesThatDoNotExistAreNotSearchedForMarkers() throws Exception {
    Files.createDirectory(root.resolve("dir"));
    Files.writeString(root.resolve("dir/.htaccess"), "");
    try (Site site = new Site(Site.config(root, List.of(".htaccess"), List.of()))) {
      assertEquals(Kind.ABSENT, site.find("/dir" + "/a".repeat(1_500)).facts().kind());
      assertEquals(0, site.cache.directories());
    }
  }
}
