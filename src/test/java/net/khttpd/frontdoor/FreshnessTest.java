package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Site;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// A change of a file is seen within a second, and no answer mixes two versions.
final class FreshnessTest extends FrontDoor {
  /// The second that is promised, and two for a busy machine.
  private static final Duration PROMISE = Duration.ofSeconds(3);

  private Answer until(RawClient client, String path, Predicate<Answer> seen) throws Exception {
    long end = System.nanoTime() + PROMISE.toNanos();
    Answer last;
    do {
      last = client.send(Wire.get(path)).read();
      if (seen.test(last)) {
        return last;
      }
      Thread.onSpinWait();
    } while (System.nanoTime() < end);
    throw new AssertionError("not seen within " + PROMISE + ", last was " + last);
  }

  @Test
  void aReplacedFileIsSeen() throws Exception {
    site.file("replaced.txt", "old");
    RawClient client = connect(server());
    Answer old = client.send(Wire.get("/replaced.txt")).read();
    site.replace("replaced.txt", "newer");
    Answer now = until(client, "/replaced.txt", a -> a.text().equals("newer"));
    assertNotEquals(old.field("ETag"), now.field("ETag"));
  }

  @Test
  void aFileRewrittenInPlaceIsSeen() throws Exception {
    site.file("written.txt", "old");
    RawClient client = connect(server());
    assertEquals("old", client.send(Wire.get("/written.txt")).read().text());
    Files.writeString(site.root().resolve("written.txt"), "new");
    until(client, "/written.txt", a -> a.text().equals("new"));
  }

  @Test
  void aTruncatedFileIsSeen() throws Exception {
    site.file("cut.txt", "long content");
    RawClient client = connect(server());
    assertEquals("long content", client.send(Wire.get("/cut.txt")).read().text());
    Files.newByteChannel(site.root().resolve("cut.txt"), StandardOpenOption.WRITE)
        .truncate(4)
        .close();
    until(client, "/cut.txt", a -> a.text().equals("long"));
  }

  @Test
  void anAppendedFileIsSeen() throws Exception {
    site.file("grown.txt", "a");
    RawClient client = connect(server());
    assertEquals("a", client.send(Wire.get("/grown.txt")).read().text());
    Files.writeString(site.root().resolve("grown.txt"), "b", StandardOpenOption.APPEND);
    until(client, "/grown.txt", a -> a.text().equals("ab"));
  }

  @Test
  void aRemovedFileIsSeen() throws Exception {
    site.file("gone.txt", "here");
    RawClient client = connect(server());
    assertEquals("here", client.send(Wire.get("/gone.txt")).read().text());
    Files.delete(site.root().resolve("gone.txt"));
    until(client, "/gone.txt", a -> a.status() == 404);
  }

  @Test
  void aCreatedFileIsSeen() throws Exception {
    RawClient client = connect(server());
    assertEquals(404, client.send(Wire.get("/born.txt")).read().status());
    site.file("born.txt", "here");
    until(client, "/born.txt", a -> a.status() == 200 && a.text().equals("here"));
  }

  @Test
  void aChangedModeIsSeen() throws Exception {
    site.file("closed.txt", "here");
    RawClient client = connect(server());
    assertEquals(200, client.send(Wire.get("/closed.txt")).read().status());
    site.mode("closed.txt", "rw-------");
    until(client, "/closed.txt", a -> a.status() == 404);
  }

  @Test
  void aRenamedDirectoryIsSeen() throws Exception {
    site.file("before/deep/a.txt", "here");
    RawClient client = connect(server());
    assertEquals("here", client.send(Wire.get("/before/deep/a.txt")).read().text());
    assertEquals(404, client.send(Wire.get("/after/deep/a.txt")).read().status());
    Files.move(site.root().resolve("before"), site.root().resolve("after"));
    until(client, "/before/deep/a.txt", a -> a.status() == 404);
    until(client, "/after/deep/a.txt", a -> a.text().equals("here"));
  }

  /// No directory that is watched tells of it.
  @Test
  void aChangeThroughAHardLinkElsewhereIsSeen() throws Exception {
    site.file("linked.txt", "old");
    Path elsewhere = site.outside().resolve("hard.txt");
    Files.createLink(elsewhere, site.root().resolve("linked.txt"));
    RawClient client = connect(server());
    assertEquals("old", client.send(Wire.get("/linked.txt")).read().text());
    Files.writeString(elsewhere, "newer");
    until(client, "/linked.txt", a -> a.text().equals("newer"));
  }

  @Test
  void aChangeOfTheFileThatALinkNamesIsSeen() throws Exception {
    site.file("named/real.txt", "old").link("link.txt", Path.of("named/real.txt"));
    RawClient client = connect(server());
    assertEquals("old", client.send(Wire.get("/link.txt")).read().text());
    Files.writeString(site.root().resolve("named/real.txt"), "newer");
    until(client, "/link.txt", a -> a.text().equals("newer"));
  }

  /// Size and mtime are as before; ctime tells.
  @Test
  void aRewriteOfTheSameSizeWithARestoredMtimeIsSeen() throws Exception {
    site.file("same.txt", "old");
    RawClient client = connect(server());
    assertEquals("old", client.send(Wire.get("/same.txt")).read().text());
    Files.writeString(site.root().resolve("same.txt"), "new");
    site.time("same.txt", Site.OLD);
    until(client, "/same.txt", a -> a.text().equals("new"));
  }

  /// The same of a file that is sent by sendfile(2).
  @Test
  void aLargeFileIsSeenToChangeInEachOfTheseWays() throws Exception {
    RawClient client = connect(server());
    site.file("large.txt", "a".repeat(200_000));
    assertEquals(200_000, client.send(Wire.get("/large.txt")).read().body().length);
    site.replace("large.txt", "b".repeat(200_000));
    until(client, "/large.txt", a -> a.text().startsWith("b"));
    Files.writeString(site.root().resolve("large.txt"), "c", StandardOpenOption.APPEND);
    until(client, "/large.txt", a -> a.body().length == 200_001);
    site.time("large.txt", Site.OLD);
    until(client, "/large.txt", a -> a.field("Last-Modified").orElse("").contains("29 Feb 2024"));
    site.mode("large.txt", "rw-------");
    until(client, "/large.txt", a -> a.status() == 404);
  }

  @Test
  void aFileThatWasAbsentIsSeenWhenItsDirectoryIsMovedIn() throws Exception {
    RawClient client = connect(server());
    assertEquals(404, client.send(Wire.get("/come/a.txt")).read().status());
    site.file("waiting/a.txt", "here");
    Files.move(site.root().resolve("waiting"), site.root().resolve("come"));
    until(client, "/come/a.txt", a -> a.status() == 200);
  }

  @Test
  void aRemovedFileIsNotAnswered304() throws Exception {
    site.file("tagged.txt", "here");
    RawClient client = connect(server());
    String tag = client.send(Wire.get("/tagged.txt")).read().field("ETag").orElseThrow();
    String conditional = Wire.get("/tagged.txt", "If-None-Match: " + tag);
    assertEquals(304, client.send(conditional).read().status());
    Files.delete(site.root().resolve("tagged.txt"));
    until(client, "/tagged.txt", a -> a.status() == 404);
    assertEquals(404, client.send(conditional).read().status());
  }

  @Test
  void aRemovedFileGoesToTheBackend() throws Exception {
    site.file("taken.txt", "here");
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    RawClient client = connect(before(backend));
    assertEquals("here", client.send(Wire.get("/taken.txt")).read().text());
    Files.delete(site.root().resolve("taken.txt"));
    until(client, "/taken.txt", a -> a.text().equals("backend"));
    site.file("taken.txt", "back");
    until(client, "/taken.txt", a -> a.text().equals("back"));
  }

  @Test
  void fieldsAreThoseOfTheVersionThatIsSent() throws Exception {
    site.file("fields.txt", "old");
    RawClient client = connect(server());
    Answer old = client.send(Wire.get("/fields.txt")).read();
    site.file("fields.txt", "newer, and longer");
    site.time("fields.txt", Site.OLD.plusSeconds(86_400));
    Answer now = until(client, "/fields.txt", a -> a.text().startsWith("newer"));
    Answer head = client.send(Wire.request("HEAD", "/fields.txt")).readForHead();
    assertEquals("Fri, 01 Mar 2024 12:34:56 GMT", now.field("Last-Modified").orElse(""));
    for (String field : List.of("Content-Length", "ETag", "Last-Modified")) {
      assertNotEquals(old.field(field), now.field(field), field);
      assertEquals(now.field(field), head.field(field), field);
    }
  }

  @Test
  void aReproducibleBuildHasTheETagOfItsContent() throws Exception {
    site.file("nix.txt", "one").time("nix.txt", Instant.ofEpochSecond(1));
    RawClient client = connect(server());
    Answer one = client.send(Wire.get("/nix.txt")).read();
    site.replace("nix.txt", "two").time("nix.txt", Instant.ofEpochSecond(1));
    Answer two = until(client, "/nix.txt", a -> a.text().equals("two"));
    assertNotEquals(one.field("ETag"), two.field("ETag"));
    String known = "If-None-Match: " + one.field("ETag").orElseThrow();
    assertEquals(200, client.send(Wire.get("/nix.txt", known)).read().status());
  }

  @Test
  void etagContentIsTheSameWhereverTheContentLies() throws Exception {
    site.file("image/one.txt", "same").file("image/two.txt", "same");
    site.time("image/two.txt", Site.OLD.plusSeconds(1));
    RawClient client = connect(server("etag=content"));
    Answer one = client.send(Wire.get("/image/one.txt")).read();
    Answer two = client.send(Wire.get("/image/two.txt")).read();
    assertEquals(one.field("ETag"), two.field("ETag"));
    String known = "If-None-Match: " + one.field("ETag").orElseThrow();
    assertEquals(304, client.send(Wire.get("/image/two.txt", known)).read().status());
  }

  /// A change in a directory that is watched is told of: most are seen in milliseconds. Half a
  /// second is what the check alone would take on average.
  @Test
  void mostChangesAreSeenAtOnce() throws Exception {
    site.file("told.txt", "0");
    RawClient client = connect(server());
    for (int i = 0; i < 3; i++) {
      assertEquals("0", client.send(Wire.get("/told.txt")).read().text());
    }
    int atOnce = 0;
    for (int i = 1; i <= 10; i++) {
      String next = "" + i;
      site.replace("told.txt", next);
      long from = System.nanoTime();
      until(client, "/told.txt", a -> a.text().equals(next));
      atOnce += System.nanoTime() - from < 500_000_000L ? 1 : 0;
    }
    assertTrue(atOnce >= 8, atOnce + " of 10");
  }

  @Test
  void noAnswerMixesTwoVersions() throws Exception {
    site.file("flip.txt", "a".repeat(5_000));
    RawClient client = connect(server());
    for (int i = 0; i < 300; i++) {
      char letter = (char) ('a' + i % 26);
      site.replace("flip.txt", String.valueOf(letter).repeat(5_000 + i));
      Answer answer = client.send(Wire.get("/flip.txt")).read();
      String text = answer.text();
      int version = text.length() - 5_000;
      assertTrue(version >= 0 && version <= i, "length " + text.length());
      assertEquals(String.valueOf(text.charAt(0)).repeat(text.length()), text);
    }
  }
}
