package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.function.Predicate;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.RawClient;
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
