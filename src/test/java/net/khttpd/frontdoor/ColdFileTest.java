package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import net.khttpd.client.Counter;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A file that is not in memory is read by a worker, not by the loop.
final class ColdFileTest extends FrontDoor {
  private static final int LARGE = 3 << 20;

  /// Those that can tell what the page cache holds, and have a disk to read from.
  private static final Set<String> TELLING = Set.of("ext2", "ext3", "ext4", "xfs", "btrfs");

  /// On a disk: where temporary files are, or, if that is memory, where the build is.
  @Override
  Path place() throws IOException {
    Path target = Path.of("target").toAbsolutePath();
    return tells(super.place()) || !tells(target) ? super.place() : target;
  }

  private static boolean tells(Path directory) throws IOException {
    return TELLING.contains(Files.getFileStore(directory).type());
  }

  @BeforeEach
  void needsADisk() throws IOException {
    String type = Files.getFileStore(site.root()).type();
    assumeTrue(
        TELLING.contains(type),
        () -> "neither " + site.root() + " (" + type + ") nor target is on one of " + TELLING);
  }

  private byte[] file(String name, int length) throws Exception {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    site.file(name, bytes);
    return bytes;
  }

  /// Out of the page cache, by POSIX_FADV_DONTNEED.
  private void evict(String name) throws Exception {
    Path file = site.root().resolve(name);
    run("sync", file.toString());
    run("dd", "if=" + file, "iflag=nocache", "count=0", "status=none");
  }

  /// Out of the page cache, but for what begins with this page.
  private void evictUntil(String name, int page) throws Exception {
    evict(name);
    Path file = site.root().resolve(name);
    run("dd", "if=" + file, "of=/dev/null", "bs=4096", "skip=" + page, "status=none");
  }

  private static void run(String... command) throws Exception {
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
  }

  private static byte[] get(RawClient client, String name) throws Exception {
    return client.send(Wire.get("/" + name)).read().body();
  }

  @Test
  void aColdFileIsReadByAWorkerAndAHotOneIsNot() throws Exception {
    byte[] bytes = file("large.txt", LARGE);
    FrontServer server = server();
    RawClient client = connect(server);
    evict("large.txt");
    long before = server.count(Counter.READ_AHEADS);
    assertArrayEquals(bytes, get(client, "large.txt"));
    long cold = server.count(Counter.READ_AHEADS);
    assertTrue(cold > before, "no worker has read it");
    assertArrayEquals(bytes, get(client, "large.txt"));
    assertEquals(cold, server.count(Counter.READ_AHEADS), "a worker has read a hot file");
    evict("large.txt");
    assertArrayEquals(bytes, get(client, "large.txt"));
    assertTrue(server.count(Counter.READ_AHEADS) > cold, "no worker has read it again");
  }

  @Test
  void aFileOfOneChunkIsReadByAWorkerToo() throws Exception {
    byte[] bytes = file("chunk.txt", 100_000);
    FrontServer server = server();
    evict("chunk.txt");
    long before = server.count(Counter.READ_AHEADS);
    assertArrayEquals(bytes, get(connect(server), "chunk.txt"));
    assertEquals(before + 1, server.count(Counter.READ_AHEADS));
  }

  @Test
  void aFileWhoseBeginningIsColdIsReadByAWorker() throws Exception {
    byte[] bytes = file("tail.txt", 400_000);
    FrontServer server = server();
    evictUntil("tail.txt", 96);
    long before = server.count(Counter.READ_AHEADS);
    assertArrayEquals(bytes, get(connect(server), "tail.txt"));
    assertEquals(before + 1, server.count(Counter.READ_AHEADS));
  }

  @Test
  void manyMayWaitForTheSameColdFile() throws Exception {
    byte[] bytes = file("many.txt", LARGE);
    FrontServer server = server();
    evict("many.txt");
    var clients = new ArrayList<RawClient>();
    for (int i = 0; i < 12; i++) {
      clients.add(connect(server).send(Wire.get("/many.txt")));
    }
    for (RawClient client : clients) {
      assertArrayEquals(bytes, client.read().body());
    }
  }

  @Test
  void answersAroundAColdOneKeepTheirOrder() throws Exception {
    byte[] bytes = file("middle.txt", LARGE);
    site.file("a.txt", "alpha");
    RawClient client = connect(server());
    evict("middle.txt");
    client.send(Wire.get("/a.txt") + Wire.get("/middle.txt") + Wire.get("/a.txt"));
    assertEquals("alpha", client.read().text());
    assertArrayEquals(bytes, client.read().body());
    assertEquals("alpha", client.read().text());
  }

  private static byte[] range(RawClient client, String name, String range) throws Exception {
    return client.send(Wire.get("/" + name, "Range: bytes=" + range)).read().body();
  }

  @Test
  void aColdRangeIsReadByAWorkerAndAHotOneIsNot() throws Exception {
    byte[] bytes = file("slice.txt", LARGE);
    FrontServer server = server();
    RawClient client = connect(server);
    evict("slice.txt");
    long before = server.count(Counter.READ_AHEADS);
    byte[] slice = Arrays.copyOfRange(bytes, 2_000_000, 2_300_000);
    assertArrayEquals(slice, range(client, "slice.txt", "2000000-2299999"));
    assertEquals(before + 1, server.count(Counter.READ_AHEADS));
    assertArrayEquals(slice, range(client, "slice.txt", "2000000-2299999"));
    assertEquals(before + 1, server.count(Counter.READ_AHEADS), "a hot range was read again");
    assertArrayEquals(
        Arrays.copyOfRange(bytes, 100, 200_000), range(client, "slice.txt", "100-199999"));
    assertTrue(server.count(Counter.READ_AHEADS) > before + 1, "a cold range beside a hot one");
  }

  @Test
  void aRangeWhoseBeginningIsColdIsReadByAWorker() throws Exception {
    byte[] bytes = file("later.txt", 900_000);
    FrontServer server = server();
    evictUntil("later.txt", 200);
    long before = server.count(Counter.READ_AHEADS);
    assertArrayEquals(
        Arrays.copyOfRange(bytes, 400_000, 900_000),
        range(connect(server), "later.txt", "400000-"));
    assertEquals(before + 1, server.count(Counter.READ_AHEADS));
  }

  @Test
  void eachColdPartIsReadByAWorker() throws Exception {
    byte[] bytes = file("parts.txt", LARGE);
    FrontServer server = server();
    RawClient client = connect(server);
    evict("parts.txt");
    long before = server.count(Counter.READ_AHEADS);
    String body = Wire.text(range(client, "parts.txt", "0-99999,1500000-1599999,-100000"));
    for (int first : new int[] {0, 1_500_000, LARGE - 100_000}) {
      byte[] part = Arrays.copyOfRange(bytes, first, first + 100_000);
      assertTrue(body.contains("\r\n\r\n" + Wire.text(part) + "\r\n--"), "part at " + first);
    }
    assertTrue(server.count(Counter.READ_AHEADS) >= before + 3, "a part was read on the loop");
  }
}
