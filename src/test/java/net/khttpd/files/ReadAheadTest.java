package net.khttpd.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a worker reads of a cold file, and what becomes of the entry meanwhile.
final class ReadAheadTest {
  private static final int LENGTH = 700_000;

  @TempDir Path root;
  private final List<ReadAhead> done = new ArrayList<>();

  @BeforeEach
  void layOut() throws Exception {
    Files.write(root.resolve("large"), new byte[LENGTH]);
  }

  private Entry found(Site site) throws Exception {
    Entry entry = site.find("/large");
    assertTrue(entry.retain());
    return entry;
  }

  private void await(Site site) throws Exception {
    while (done.isEmpty()) {
      site.runOne();
    }
  }

  @Test
  void aChunkIsReadAndTheWaiterToldOnItsLoop() throws Exception {
    try (Site site = new Site(Site.config(root))) {
      Entry entry = found(site);
      assertNotNull(site.files.readAhead(entry, 100_000, 500_000, done::add));
      assertTrue(done.isEmpty(), "told before the loop runs its tasks");
      await(site);
      assertFalse(done.getFirst().failed());
      assertEquals(600_000, done.getFirst().end());
      assertTrue(site.files.holds(entry, 100_000, 500_000, true, site.now.get()));
      entry.release();
    }
  }

  @Test
  void aFileCutMeanwhileIsNoFailure() throws Exception {
    try (Site site = new Site(Site.config(root))) {
      Entry entry = found(site);
      try (var file = new RandomAccessFile(root.resolve("large").toFile(), "rw")) {
        file.setLength(10);
      }
      assertNotNull(site.files.readAhead(entry, 100_000, 500_000, done::add));
      await(site);
      assertFalse(done.getFirst().failed());
      entry.release();
    }
  }

  @Test
  void theFileStaysOpenUntilItIsReadThoughNobodyElseHoldsIt() throws Exception {
    try (Site site = new Site(Site.config(root))) {
      Entry entry = found(site);
      assertNotNull(site.files.readAhead(entry, 0, LENGTH, done::add));
      entry.release(); // the client is closed
      site.files.park(); // the loop uses another cache by now
      assertFalse(site.caches.retire(), "freed while it is read");
      assertEquals(1, site.caches.descriptors());
      await(site);
      long end = System.nanoTime() + 10_000_000_000L;
      while (!site.caches.retire() || Site.descriptorsInto(root) > 0) {
        assertTrue(
            System.nanoTime() < end, "the file stays open"); // workers may still let go of it
      }
    }
  }

  @Test
  void whatComesAfterTheCacheIsClosedIsRefusedAndNothingStaysOpen() throws Exception {
    Site site = new Site(Site.config(root));
    Entry entry = found(site);
    site.close();
    assertNull(site.files.readAhead(entry, 0, LENGTH, done::add));
    entry.release();
    site.close();
    assertEquals(0, Site.descriptorsInto(root));
  }
}
