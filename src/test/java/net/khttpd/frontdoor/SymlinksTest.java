package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// Which symbolic links are followed, and what somebody gains who swaps them while we look: F10 of
/// `peers.md`.
final class SymlinksTest extends FrontDoor {
  private static final int SWAPS = Boolean.getBoolean("khttpd.long") ? 10_000 : 1_000;
  private static final String SECRET = "SECRET";

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha").file("d/b.txt", "beta");
    site.link("inside.txt", Path.of("a.txt"));
    site.link("directory", Path.of("d"));
    Path other = Files.createDirectory(site.outside().resolve("other"));
    Files.writeString(other.resolve("b.txt"), SECRET);
    site.link("outside.txt", other.resolve("b.txt"));
    site.link("away", other);
  }

  private int status(RawClient client, String target) throws Exception {
    return client.send(Wire.get(target)).read().status();
  }

  @Test
  void linksThatStayBeneathTheRootAreFollowedAndOthersAreNot() throws Exception {
    RawClient client = connect(server());
    assertEquals("alpha", client.send(Wire.get("/inside.txt")).read().text());
    assertEquals("beta", client.send(Wire.get("/directory/b.txt")).read().text());
    assertEquals(404, status(client, "/outside.txt"));
    assertEquals(404, status(client, "/away/b.txt"));
  }

  @Test
  void symlinksNoneServesNoPathWithALinkOnIt() throws Exception {
    String allowed = "symlink_roots=" + site.outside().resolve("other");
    RawClient client = connect(server("symlinks=none", allowed));
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
    assertEquals("beta", client.send(Wire.get("/d/b.txt")).read().text());
    for (String target :
        List.of("/inside.txt", "/directory/b.txt", "/outside.txt", "/away/b.txt")) {
      assertEquals(404, status(client, target), target);
    }
  }

  @Test
  void symlinksNonePassesALinkOn() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    RawClient client = connect(before(backend, "symlinks=none"));
    assertEquals("backend", client.send(Wire.get("/inside.txt")).read().text());
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
  }

  @Test
  void aFileSwappedWithALinkToASecretNeverLeaks() throws Exception {
    Path secret = site.outside().resolve("other/b.txt");
    neverLeaks("/swap.txt", site.root().resolve("swap.txt"), secret, server());
  }

  @Test
  void aDirectorySwappedWithALinkToASecretNeverLeaks() throws Exception {
    Path secret = site.outside().resolve("other");
    neverLeaks("/swapped/b.txt", site.root().resolve("swapped"), secret, server());
  }

  @Test
  void aSwappedFileIsNeverFollowedWithSymlinksNone() throws Exception {
    Path inside = Files.writeString(site.root().resolve("target.txt"), SECRET);
    neverLeaks(
        "/swap-none.txt",
        site.root().resolve("swap-none.txt"),
        inside.getFileName(),
        server("symlinks=none"));
  }

  /// Somebody swaps what is served with a link, as fast as they can, while it is asked for.
  private void neverLeaks(String target, Path name, Path secret, FrontServer server)
      throws Exception {
    var swaps = new Swaps(name, secret, site.outside(), target.endsWith("/b.txt"));
    Thread swapper = Thread.ofPlatform().start(swaps);
    RawClient client = connect(server);
    client.send(Wire.get("/a.txt")).read(); // its directory is watched, so that swaps are told
    Answer answer;
    do {
      answer = client.send(Wire.get(target)).read();
      assertFalse(answer.text().contains(SECRET), answer::toString);
    } while (swapper.isAlive());
    assertEquals(SWAPS, swaps.done, "the swapping failed");
    long end = System.nanoTime() + 3_000_000_000L;
    while (answer.status() != 200) { // what is there at last is public
      assertTrue(System.nanoTime() < end, answer::toString);
      answer = client.send(Wire.get(target)).read();
    }
    assertEquals("public", answer.text());
  }

  /// Puts something public and a link to the secret under one name, in turn.
  private static final class Swaps implements Runnable {
    private final Path name;
    private final Path secret;
    private final Path beside;
    private final boolean directory;
    private volatile int done;

    Swaps(Path name, Path secret, Path beside, boolean directory) {
      this.name = name;
      this.secret = secret;
      this.beside = beside;
      this.directory = directory;
    }

    @Override
    public void run() {
      try {
        Path open = beside.resolve("public");
        Path link = beside.resolve("link");
        if (directory) {
          Files.createDirectory(open);
          Files.writeString(open.resolve("b.txt"), "public");
        }
        swap(open, link, true);
        for (int i = 0; i < SWAPS; i++) {
          swap(open, link, i % 2 == 1);
          done++;
        }
        Files.deleteIfExists(link);
        Files.deleteIfExists(open.resolve("b.txt"));
        Files.deleteIfExists(open);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void swap(Path open, Path link, boolean toPublic) throws IOException {
      if (directory) { // a directory cannot replace a link in one step
        if (toPublic) {
          Files.deleteIfExists(name);
          Files.move(open, name);
        } else {
          Files.move(name, open);
          Files.createSymbolicLink(name, secret);
        }
      } else if (toPublic) {
        Files.writeString(open, "public");
        Files.move(open, name, StandardCopyOption.ATOMIC_MOVE);
      } else {
        Files.createSymbolicLink(link, secret);
        Files.move(link, name, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }
}
