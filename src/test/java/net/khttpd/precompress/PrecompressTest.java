package net.khttpd.precompress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.khttpd.http.ContentCoding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs over real trees of files.
final class PrecompressTest {
  private static final Instant OLD = Instant.parse("2024-02-29T12:34:56.123456789Z");
  private static final String TEXT = "All work and no play makes a dull file. ".repeat(100);
  private static final List<ContentCoding> ALL = List.of(ContentCoding.values());
  private static final long ABSENT_PID = 999_999_999_999L;

  @TempDir private Path root;

  private Path file(String name, String text) throws Exception {
    return file(name, text.getBytes(UTF_8));
  }

  private Path file(String name, byte[] bytes) throws Exception {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, FileTime.from(OLD));
    return file;
  }

  private Totals run(boolean dryRun) throws Exception {
    return new Precompress(new Options(root, ALL, 256, 2, dryRun)).run(Progress.NONE);
  }

  private static String last(Totals totals) {
    return totals.summary(false).getLast();
  }

  private List<String> names() throws Exception {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS))
          .map(f -> root.relativize(f).toString())
          .sorted()
          .toList();
    }
  }

  private static byte[] decoded(Path variant, ContentCoding coding) throws Exception {
    try (InputStream in = Compression.from(coding, Files.newInputStream(variant))) {
      return in.readAllBytes();
    }
  }

  private static byte[] by(String... command) throws Exception {
    Process process = new ProcessBuilder(command).start();
    byte[] out = process.getInputStream().readAllBytes();
    assertEquals(0, process.waitFor());
    return out;
  }

  @Test
  void everyVariantHoldsItsOriginalAndLooksLikeIt() throws Exception {
    Path original = file("sub/a.css", TEXT);
    Files.setPosixFilePermissions(original, PosixFilePermissions.fromString("rw-r-----"));
    assertFalse(run(false).anyFailed());
    assertEquals(List.of("sub/a.css", "sub/a.css.br", "sub/a.css.gz", "sub/a.css.zst"), names());
    for (ContentCoding coding : ALL) {
      Path variant = root.resolve("sub/a.css" + coding.suffix());
      assertArrayEquals(TEXT.getBytes(UTF_8), decoded(variant, coding), coding.token());
      assertEquals(Files.getLastModifiedTime(original), Files.getLastModifiedTime(variant));
      assertEquals(Files.getPosixFilePermissions(original), Files.getPosixFilePermissions(variant));
      assertEquals(Files.getOwner(original), Files.getOwner(variant));
    }
    assertArrayEquals(
        TEXT.getBytes(UTF_8), by("gzip", "-dc", root.resolve("sub/a.css.gz").toString()));
  }

  /// Larger than every buffer, and than what zstd takes as a whole.
  @Test
  void aLargeFileIsStreamed() throws Exception {
    var lines = new StringBuilder();
    for (int i = 0; lines.length() < 5 << 20; i++) {
      lines.append("{\"number\": ").append(i / 1000).append("},\n");
    }
    byte[] bytes = lines.toString().getBytes(UTF_8);
    file("large.json", bytes);
    var some = List.of(ContentCoding.ZSTD, ContentCoding.GZIP);
    Totals totals = new Precompress(new Options(root, some, 256, 2, false)).run(Progress.NONE);
    assertFalse(totals.anyFailed(), totals.failures()::toString);
    for (ContentCoding coding : some) {
      assertArrayEquals(bytes, decoded(root.resolve("large.json" + coding.suffix()), coding));
    }
  }

  @Test
  void theSecondRunChangesNothing() throws Exception {
    file("a.css", TEXT);
    file("b.html", TEXT + "b");
    run(false);
    Map<String, Object> before = identities();
    Totals again = run(false);
    assertEquals(before, identities());
    assertTrue(last(again).contains("0 made, 6 up to date"), last(again));
  }

  /// Inode and time of each file: a file that was written anew has another.
  private Map<String, Object> identities() throws Exception {
    var identities = new TreeMap<String, Object>();
    for (String name : names()) {
      identities.put(
          name, Files.readAttributes(root.resolve(name), "unix:ino,lastModifiedTime").toString());
    }
    return identities;
  }

  @Test
  void whatIsOutdatedIsMadeAnewWhereverItsTimeLies() throws Exception {
    file("older.css", TEXT + "new");
    file("older.css.gz", "old").toFile().setLastModified(OLD.minusSeconds(9).toEpochMilli());
    file("newer.css", TEXT + "rolled back");
    file("newer.css.br", "of a later version").toFile().setLastModified(OLD.toEpochMilli() + 9999);
    file("same.css", TEXT);
    by("gzip", "-1nk", root.resolve("same.css").toString());
    Path good = root.resolve("same.css.gz");
    Files.setLastModifiedTime(good, FileTime.from(OLD.plusSeconds(60)));
    byte[] kept = Files.readAllBytes(good);
    assertFalse(run(false).anyFailed());
    assertArrayEquals(
        (TEXT + "new").getBytes(UTF_8), decoded(root.resolve("older.css.gz"), ContentCoding.GZIP));
    assertArrayEquals(
        (TEXT + "rolled back").getBytes(UTF_8),
        decoded(root.resolve("newer.css.br"), ContentCoding.BR));
    assertArrayEquals(kept, Files.readAllBytes(good), "another tool's work that is right is kept");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "picture.png",
        "photo.jpg",
        "font.woff2",
        "archive.zip",
        "archive.tar.gz",
        "noextension",
        ".hidden.css",
        ".git/a.css",
        "dump.sql",
        "page.php",
        "settings.ini",
        "app.py",
        "a.css.bak",
        "config.inc.html",
        "film.mp4"
      })
  void whatIsCompressedHiddenOrSecretIsLeftAlone(String name) throws Exception {
    file(name, TEXT);
    run(false);
    assertEquals(List.of(name), names());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.html",
        "a.css",
        "a.js",
        "a.mjs",
        "a.json",
        "a.svg",
        "a.xml",
        "a.txt",
        "a.wasm",
        "a.ttf",
        "a.ico",
        "a.webmanifest",
        "a.map.json",
        ".well-known/a.txt",
        "a b/c.css",
        "ä.css"
      })
  void whatCompressesIsMade(String name) throws Exception {
    file(name, TEXT);
    run(false);
    assertEquals(4, names().size(), names()::toString);
  }

  @Test
  void whatDoesNotShrinkByATenthIsNotMade() throws Exception {
    byte[] noise = new byte[10_000];
    new Random(1).nextBytes(noise);
    file("noise.txt", noise);
    file("tiny.txt", "x".repeat(255));
    Totals totals = run(false);
    assertEquals(List.of("noise.txt", "tiny.txt"), names());
    assertTrue(last(totals).contains("3 not worth it"), last(totals));
  }

  @Test
  void noLinkIsFollowed() throws Exception {
    Path outside = Files.createTempDirectory("khttpd-outside");
    try {
      Files.writeString(outside.resolve("secret.txt"), TEXT);
      Files.createSymbolicLink(root.resolve("directory"), outside);
      Files.createSymbolicLink(root.resolve("file.txt"), outside.resolve("secret.txt"));
      file("own.css", TEXT);
      Files.createSymbolicLink(root.resolve("own.css.gz"), outside.resolve("secret.txt"));
      Totals totals = run(false);
      assertEquals(List.of("own.css", "own.css.br", "own.css.zst"), names());
      assertEquals(TEXT, Files.readString(outside.resolve("secret.txt")));
      assertTrue(totals.failures().getFirst().contains("own.css.gz: it is no regular file"));
    } finally {
      Files.delete(outside.resolve("secret.txt"));
      Files.delete(outside);
    }
  }

  /// As somebody might do it who may write into the directory, while root makes the variants.
  @Test
  void aLinkInThePlaceOfTheNewFileGivesNothingAway() throws Exception {
    Path original = file("a.html", TEXT);
    Path foreign = Files.writeString(root.resolve("secret"), "secret");
    Files.setPosixFilePermissions(original, PosixFilePermissions.fromString("rw-r--r--"));
    Files.setPosixFilePermissions(foreign, PosixFilePermissions.fromString("rw-------"));
    Path link = Files.createSymbolicLink(root.resolve(".a.html.gz.khttpd-1-1"), foreign);
    var variant = new Variant(original, ContentCoding.GZIP, 0, FileTime.from(OLD), false);
    var temporary = new Temporary();
    var making = new Making(variant, false, temporary, new Totals());
    assertThrows(IOException.class, () -> making.dress(link));
    temporary.close();
    assertEquals(
        PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(foreign));
    assertNotEquals(FileTime.from(OLD), Files.getLastModifiedTime(foreign));
  }

  @Test
  void noFileIsBegunWhenTheProgramEnds() throws Exception {
    var temporary = new Temporary();
    Path path = temporary.nameFor(root.resolve("a.html.gz"));
    temporary.close();
    assertThrows(IOException.class, () -> temporary.begin(path).close());
    assertFalse(Files.exists(path));
  }

  @Test
  void aDryRunWritesNothing() throws Exception {
    file("a.css", TEXT);
    Totals totals = run(true);
    assertEquals(List.of("a.css"), names());
    String summary = totals.summary(true).getLast();
    assertTrue(summary.contains("3 would be made"), summary);
  }

  @Test
  void anOrphanIsReportedAndKept() throws Exception {
    file("gone.css.gz", "x");
    file("release.tar.gz", "x");
    Totals totals = run(false);
    assertEquals(1, totals.orphans().size(), totals.orphans()::toString);
    assertTrue(totals.orphans().getFirst().startsWith(root + "/gone.css.gz "));
    assertEquals(List.of("gone.css.gz", "release.tar.gz"), names());
  }

  /// What a run that was killed has left is removed, what a living one is writing is not.
  @Test
  void onlyWhatADeadRunHasLeftIsRemoved() throws Exception {
    file("a.css", TEXT);
    file(".a.css.br.khttpd-" + ABSENT_PID + "-1", "half");
    file(".a.css.br.other", "not ours");
    String mine = ".a.css.br.khttpd-" + ProcessHandle.current().pid() + "-99999";
    Files.writeString(root.resolve(mine), "half");
    run(false);
    assertEquals(
        List.of(
            ".a.css.br.khttpd", ".a.css.br.other", "a.css", "a.css.br", "a.css.gz", "a.css.zst"),
        names().stream().map(n -> n.replaceAll("khttpd-.*", "khttpd")).toList());
    assertTrue(Files.exists(root.resolve(mine)));
    try (var held = FileChannel.open(root.resolve(mine), StandardOpenOption.WRITE)) {
      assertTrue(held.isOpen());
      assertFalse(Temporary.isStale(root.resolve(mine)));
    }
  }

  /// Several runs over one tree, while files are replaced: every variant that appears is whole.
  @Test
  void runsAtTheSameTimeDoNoHarm() throws Exception {
    for (int i = 0; i < 30; i++) {
      file("f" + i + ".css", TEXT + i);
    }
    var runs = new ArrayList<Thread>();
    var faults = new ArrayList<Throwable>();
    for (int i = 0; i < 3; i++) {
      runs.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  run(false);
                } catch (Exception e) {
                  synchronized (faults) {
                    faults.add(e);
                  }
                }
              }));
    }
    for (int i = 0; i < 30; i++) {
      Path next = file("next", TEXT + "replaced" + i);
      Files.move(next, root.resolve("f" + i + ".css"), StandardCopyOption.ATOMIC_MOVE);
      assertWhole();
    }
    for (Thread each : runs) {
      each.join();
    }
    assertEquals(List.of(), faults);
    assertWhole();
    assertFalse(run(false).anyFailed()); // makes what was replaced while it was read
    assertWhole();
    assertEquals(120, names().size(), names()::toString);
  }

  /// One look at the directory, whatever comes and goes in it.
  private List<String> listed() {
    return List.of(java.util.Objects.requireNonNull(root.toFile().list()));
  }

  private void assertWhole() throws Exception {
    for (String name : listed()) {
      ContentCoding coding = Selection.codingOf(name);
      if (coding != null && !name.startsWith(".")) {
        String text = new String(decoded(root.resolve(name), coding), UTF_8);
        assertTrue(text.startsWith(TEXT), name);
      }
    }
  }

  @Test
  void onlyChosenCodingsAreMadeAndTheOthersAreLeft() throws Exception {
    file("a.css", TEXT);
    var one = List.of(ContentCoding.GZIP);
    new Precompress(new Options(root, one, 256, 1, false)).run(Progress.NONE);
    assertEquals(List.of("a.css", "a.css.gz"), names());
  }

  @Test
  void aNameThatIsTakenFailsAloneAndTheRestIsDone() throws Exception {
    file("a.css", TEXT);
    file("b.css", TEXT);
    Files.createDirectory(root.resolve("a.css.br"));
    Totals totals = run(false);
    assertTrue(totals.anyFailed());
    assertEquals(1, totals.failures().size());
    assertEquals(
        List.of("a.css", "a.css.gz", "a.css.zst", "b.css", "b.css.br", "b.css.gz", "b.css.zst"),
        names());
  }

  @Test
  void theSameContentGivesTheSameBytes() throws Exception {
    file("a.css", TEXT);
    file("b.css", TEXT);
    Files.setLastModifiedTime(root.resolve("b.css"), FileTime.from(OLD.plusSeconds(5)));
    run(false);
    for (ContentCoding coding : ALL) {
      byte[] one = Files.readAllBytes(root.resolve("a.css" + coding.suffix()));
      byte[] other = Files.readAllBytes(root.resolve("b.css" + coding.suffix()));
      assertTrue(Arrays.equals(one, other), coding.token());
    }
  }
}
