package net.khttpd.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import net.khttpd.real.Proof;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who stays in the cache when there is not room for all.
final class EvictionTest {
  private static final int ROOM = 200;
  private static final int HOT = 100;
  private static final boolean LONG = Boolean.getBoolean("khttpd.long");

  @TempDir Path root;

  @BeforeEach
  void layOut() throws Exception {
    for (int i = 0; i < HOT; i++) {
      Files.writeString(root.resolve("hot" + i), "hot " + i);
    }
  }

  private Site site(long bytes) {
    return new Site(Site.config(root), new Bounds(bytes, ROOM, 1 << 24, ROOM));
  }

  private static void askForTheHotOnes(Site site) throws Exception {
    for (int i = 0; i < HOT; i++) {
      assertEquals("hot " + i, Site.text(site.get("/hot" + i)));
    }
    site.files.turn();
  }

  private static void assertTheHotOnesAreThere(Site site) {
    for (int i = 0; i < HOT; i++) {
      assertNotNull(site.fresh("/hot" + i), "evicted: hot" + i);
    }
  }

  @Test
  void aScanOfFilesAskedForOnceEvictsNobodyWhoIsAskedForOften() throws Exception {
    for (int i = 0; i < 3_000; i++) {
      Files.writeString(root.resolve("once" + i), "once");
    }
    try (Site site = site(1 << 20)) {
      askForTheHotOnes(site);
      askForTheHotOnes(site);
      for (int i = 0; i < 3_000; i++) {
        site.get("/once" + i);
        site.files.turn();
      }
      assertEquals(ROOM, site.caches.entries());
      assertTheHotOnesAreThere(site);
    }
  }

  @Test
  void aScanOfLargeBodiesEvictsNoSmallOnesThatAreAskedForOften() throws Exception {
    for (int i = 0; i < 300; i++) {
      Files.writeString(root.resolve("large" + i), "x".repeat(990));
    }
    try (Site site = site(20_000)) {
      askForTheHotOnes(site);
      askForTheHotOnes(site);
      for (int i = 0; i < 300; i++) {
        site.get("/large" + i);
        site.files.turn();
      }
      assertTrue(site.caches.bodyBytes() > 15_000, "the room is used");
      assertTheHotOnesAreThere(site);
    }
  }

  @Test
  void namesOfNothingEvictNobodyWhoIsAskedForOften() throws Exception {
    try (Site site = site(1 << 20)) {
      askForTheHotOnes(site);
      askForTheHotOnes(site);
      for (int i = 0; i < 3_000; i++) {
        site.get("/nothing" + i);
      }
      assertTheHotOnesAreThere(site);
    }
  }

  /// Those sent by sendfile(2) only compete with each other.
  @Test
  void manyOpenFilesEvictNobodyInMemory() throws Exception {
    for (int i = 0; i < 150; i++) {
      Files.writeString(root.resolve("open" + i), "x".repeat(2_000));
    }
    try (Site site = new Site(Site.config(root), new Bounds(1 << 20, ROOM, 1 << 24, 40))) {
      askForTheHotOnes(site); // once: all of them are on probation
      for (int i = 0; i < 150; i++) {
        assertEquals(Kind.REGULAR, site.get("/open" + i).facts().kind());
        site.files.turn();
        assertTrue(site.caches.descriptors() <= 40);
      }
      assertTheHotOnesAreThere(site);
    }
  }

  @Test
  void whoComesBackSoonAfterLeavingIsKept() throws Exception {
    for (int i = 0; i < 400; i++) {
      Files.writeString(root.resolve("once" + i), "once");
    }
    try (Site site = site(1 << 20)) {
      site.get("/hot0");
      for (int i = 0; i < ROOM; i++) {
        site.get("/once" + i);
      }
      assertEquals(null, site.fresh("/hot0"), "it was asked for once, and long ago");
      site.get("/hot0");
      for (int i = ROOM; i < 2 * ROOM; i++) {
        site.get("/once" + i);
      }
      assertNotNull(site.fresh("/hot0"));
    }
  }

  @Test
  void aNewVersionOfOneThatWasKeptIsKept() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      Files.writeString(root.resolve("once" + i), "once");
    }
    try (Site site = site(1 << 20)) {
      askForTheHotOnes(site);
      askForTheHotOnes(site);
      for (int i = 0; i < 500; i++) {
        site.get("/once" + i);
      }
      Files.writeString(root.resolve("hot7"), "hot, and new");
      site.later();
      assertEquals("hot, and new", Site.text(site.get("/hot7")));
      for (int i = 500; i < 1_000; i++) {
        site.get("/once" + i);
      }
      assertNotNull(site.fresh("/hot7"));
    }
  }

  /// What a root of many files costs: few more look-ups than one must make who remembers so many,
  /// however many files there are.
  @Test
  void aMixOfFewHotAndManyColdFilesHitsAlmostAsOftenAsIsPossible() throws Exception {
    int files = LONG ? 1_000_000 : 20_000;
    int entries = files / 20;
    Zipf zipf = new Zipf(files);
    zipf.layOut(root);
    var bounds = new Bounds(1 << 30, entries, 1 << 30, 100);
    try (Site site = new Site(Site.config(root), bounds)) {
      Random random = new Random(42);
      int requests = 4 * files;
      int hits = 0;
      for (int i = 0; i < requests; i++) {
        String path = zipf.path(random);
        boolean hit = site.fresh(path) != null;
        if (!hit) {
          site.find(path);
          site.files.turn();
        }
        hits += hit && i >= requests / 2 ? 1 : 0;
      }
      double ratio = hits / (requests / 2.0);
      double best = zipf.shareOfFirst(entries);
      Proof.line("%d files, Zipf: %.3f hit, %.3f were possible".formatted(files, ratio, best));
      assertTrue(ratio > 0.93 * best, ratio + " of " + best);
    }
  }
}
