package net.khttpd.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is found under a name, over a real directory.
final class ColdLookUpTest {
  @TempDir Path temp;
  private Path root;

  @BeforeEach
  void layOut() throws Exception {
    root = Files.createDirectory(temp.resolve("root"));
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Files.writeString(outside.resolve("secret.txt"), "secret");
    Files.writeString(root.resolve("a.txt"), "hello");
    Files.writeString(root.resolve("empty"), "");
    Files.writeString(root.resolve("large"), "x".repeat(5000));
    Files.createDirectories(root.resolve("dir/sub"));
    Files.writeString(root.resolve("dir/sub/b.txt"), "below");
    Files.createSymbolicLink(root.resolve("relative"), Path.of("dir/sub/b.txt"));
    Files.createSymbolicLink(root.resolve("absolute"), root.resolve("a.txt").toAbsolutePath());
    Files.createSymbolicLink(root.resolve("absdir"), root.resolve("dir").toAbsolutePath());
    Files.createSymbolicLink(root.resolve("up"), Path.of("../outside/secret.txt"));
    Files.createSymbolicLink(root.resolve("away"), outside.resolve("secret.txt"));
    Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
    Files.createSymbolicLink(root.resolve("magic"), Path.of("/proc/self/root/etc/passwd"));
    Files.createSymbolicLink(root.resolve("device"), Path.of("/dev/null"));
    Files.createSymbolicLink(root.resolve("dangling"), Path.of("nothing"));
    assertEquals(
        0, new ProcessBuilder("mkfifo", root.resolve("fifo").toString()).start().waitFor());
  }

  @ParameterizedTest
  @CsvSource({
    "/a.txt, REGULAR, hello, a.txt",
    "//a.txt, REGULAR, hello, a.txt",
    "/empty, REGULAR, '', empty",
    "/large, REGULAR, (none), large",
    "/dir/sub/b.txt, REGULAR, below, b.txt",
    "/relative, REGULAR, below, b.txt",
    "/absolute, REGULAR, hello, a.txt",
    "/absdir/sub/b.txt, REGULAR, below, b.txt",
    "/, DIRECTORY, (none), root",
    "/dir, DIRECTORY, (none), dir",
    "/dir/, DIRECTORY, (none), dir",
    "/fifo, OTHER, (none), fifo",
    "/nothing, ABSENT, (none), ''",
    "/a.txt/, ABSENT, (none), ''",
    "/a.txt/below, ABSENT, (none), ''",
    "/dangling, ABSENT, (none), ''",
    "/up, OUTSIDE, (none), ''",
    "/away, OUTSIDE, (none), ''",
    "/../outside/secret.txt, OUTSIDE, (none), ''",
    "/loop, OUTSIDE, (none), ''",
    "/magic, OUTSIDE, (none), ''",
    "/device, OUTSIDE, (none), ''",
  })
  void aNameIsWhatTheKernelSaysOfItsDescriptor(
      String path, Kind kind, String content, String realName) throws Exception {
    try (Site site = new Site(Site.config(root))) {
      Entry entry = site.find(path);
      assertEquals(kind, entry.facts().kind());
      assertEquals(content, Site.text(entry));
      assertEquals(realName, new String(entry.facts().realName(), UTF_8));
      assertEquals(path, new String(entry.path(), UTF_8));
      assertEquals(path.equals("/large"), entry.descriptor() >= 0);
    }
  }

  @Test
  void anOverlongPathNamesNothing() throws Exception {
    try (Site site = new Site(Site.config(root))) {
      assertEquals(Kind.ABSENT, site.find("/" + "x/".repeat(3000)).facts().kind());
      assertEquals(Kind.ABSENT, site.find("/" + "x".repeat(300)).facts().kind());
    }
  }

  @Test
  void aLinkMayLeadIntoASymlinkRoot() throws Exception {
    List<String> allowed = List.of(temp.resolve("outside").toString());
    try (Site site = new Site(Site.config(root, List.of(), allowed))) {
      assertEquals("secret", Site.text(site.find("/away")));
      assertEquals("secret", Site.text(site.find("/up")));
      assertEquals(Kind.OUTSIDE, site.find("/device").facts().kind());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/a.txt, REGULAR",
    "/dir/sub/b.txt, REGULAR",
    "/relative, OUTSIDE",
    "/absolute, OUTSIDE",
    "/absdir/sub/b.txt, OUTSIDE",
    "/absdir/sub/nothing, OUTSIDE",
    "/up, OUTSIDE",
    "/away, OUTSIDE",
    "/dangling, OUTSIDE",
    "/magic, OUTSIDE",
    "/nothing, ABSENT",
    "/, DIRECTORY",
  })
  void withoutLinksAPathWithOneLeadsOutside(String path, Kind kind) throws Exception {
    Path link = Files.createSymbolicLink(temp.resolve("live"), root); // the root's own name may
    List<String> allowed = List.of(temp.resolve("outside").toString());
    var config = new Config(link.toString(), List.of(), false, allowed, 1000, false);
    try (Site site = new Site(config)) {
      assertEquals(kind, site.find(path).facts().kind());
      site.later();
      assertEquals(kind, site.get(path).facts().kind());
    }
  }

  @Test
  void aFileThatBecomesALinkToItselfIsOutsideAfterASecond() throws Exception {
    var config = new Config(root.toString(), List.of(), false, List.of(), 1000, false);
    try (Site site = new Site(config)) {
      assertEquals("below", Site.text(site.get("/dir/sub/b.txt")));
      Files.move(root.resolve("dir/sub"), root.resolve("dir/moved"));
      Files.createSymbolicLink(root.resolve("dir/sub"), Path.of("moved"));
      site.later();
      assertEquals(Kind.OUTSIDE, site.get("/dir/sub/b.txt").facts().kind());
    }
  }

  @Test
  void aMarkerMarksAllBelowItsDirectoryAlsoThroughALink() throws Exception {
    Files.writeString(root.resolve("dir/.htaccess"), "");
    try (Site site = new Site(Site.config(root, List.of(".htaccess"), List.of()))) {
      assertFalse(site.find("/a.txt").facts().marked());
      assertTrue(site.find("/dir/sub/b.txt").facts().marked());
      assertTrue(site.find("/relative").facts().marked());
      assertTrue(site.find("/absdir/sub/b.txt").facts().marked());
    }
  }

  @Test
  void aMarkerThatAppearsIsSeenAfterASecondAndGoesAsItCame() throws Exception {
    try (Site site = new Site(Site.config(root, List.of(".htaccess"), List.of()))) {
      assertFalse(site.get("/dir/sub/b.txt").facts().marked());
      Path marker = Files.writeString(root.resolve("dir/.htaccess"), "");
      site.later();
      assertTrue(site.get("/dir/sub/b.txt").facts().marked());
      Files.delete(marker);
      site.later();
      assertFalse(site.get("/dir/sub/b.txt").facts().marked());
    }
  }

  @Test
  void aReproducibleMtimeGetsTheHashOfTheContent() throws Exception {
    Files.setLastModifiedTime(root.resolve("a.txt"), FileTime.fromMillis(1000));
    Files.setLastModifiedTime(root.resolve("large"), FileTime.fromMillis(0));
    try (Site site = new Site(Site.config(root))) {
      assertNotNull(site.find("/a.txt").contentHash());
      assertEquals(16, site.find("/large").contentHash().length);
      assertNull(site.find("/dir/sub/b.txt").contentHash());
    }
  }

  @Test
  void nothingStaysOpenAfterClose() throws Exception {
    try (Site site = new Site(Site.config(root))) {
      for (String path : List.of("/a.txt", "/large", "/dir", "/fifo", "/up", "/absolute")) {
        site.find(path);
      }
      assertEquals(1, site.caches.descriptors());
    }
    assertEquals(0, Site.descriptorsInto(temp));
  }
}
