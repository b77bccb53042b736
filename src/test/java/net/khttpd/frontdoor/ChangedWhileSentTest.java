package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A file that changes while it is being sent: F12 of `peers.md`.
final class ChangedWhileSentTest extends FrontDoor {
  /// More than all socket buffers on the way can hold.
  private static final long LARGE = 200L << 20;

  @BeforeEngine
  void files() throws Exception {
    site.file("small.txt", "small");
  }

  private long length(String name, RawClient client, String... fields) throws Exception {
    site.sparse(name, LARGE);
    String head = client.send(Wire.get("/" + name, fields)).head();
    assertEquals(1 << 20, client.skip(1 << 20));
    Answer answer = new Answer(head, new byte[0], true);
    return Long.parseLong(answer.field("Content-Length").orElseThrow());
  }

  private void truncate(String name, long length) throws Exception {
    try (var file = new RandomAccessFile(site.root().resolve(name).toFile(), "rw")) {
      file.setLength(length);
    }
  }

  @Test
  void aFileThatShrinksEndsTheConnectionAndIsNeverPadded() throws Exception {
    RawClient client = connect(server());
    long promised = length("shrinks.txt", client);
    truncate("shrinks.txt", LARGE / 2);
    client.sendIfItListens(Wire.bytes(Wire.get("/small.txt"))); // it may be cut by now
    long came = (1 << 20) + client.skip(promised - (1 << 20));
    assertTrue(came <= LARGE / 2, came + " bytes came of " + LARGE / 2);
    assertEquals("small", connect(server()).send(Wire.get("/small.txt")).read().text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=5000000-", "bytes=5000000-150000000,160000000-199999999"})
  void aRangeOfAFileThatShrinksIsNeverPadded(String range) throws Exception {
    RawClient client = connect(server());
    long promised = length("part.txt", client, "Range: " + range);
    truncate("part.txt", LARGE / 2);
    client.sendIfItListens(Wire.bytes(Wire.get("/small.txt"))); // it may be cut by now
    long came = (1 << 20) + client.skip(promised - (1 << 20));
    assertTrue(came <= LARGE / 2 - 5_000_000 + 1000, came + " bytes came");
    assertEquals("small", connect(server()).send(Wire.get("/small.txt")).read().text());
  }

  /// Shorter, then longer again, with other bytes: what was promised is no more.
  @Test
  void partsOfAFileThatIsRewrittenAreCut() throws Exception {
    RawClient client = connect(server());
    long promised = length("rewritten.txt", client, "Range: bytes=0-100000000,110000000-190000000");
    Path file = site.root().resolve("rewritten.txt");
    Files.write(file, new byte[] {1}, StandardOpenOption.WRITE);
    long came = (1 << 20) + client.skip(promised - (1 << 20));
    assertTrue(came < promised, came + " bytes came");
  }

  @Test
  void aRangeOfAFileThatIsReplacedIsSentToItsEnd() throws Exception {
    RawClient client = connect(server());
    long promised = length("instead.txt", client, "Range: bytes=1-100000000,-50000000");
    site.replace("instead.txt", "other");
    assertEquals(promised - (1 << 20), client.skip(promised - (1 << 20)));
    assertEquals("small", client.send(Wire.get("/small.txt")).read().text());
  }

  @Test
  void aFileThatGrowsIsSentAtTheLengthPromised() throws Exception {
    RawClient client = connect(server());
    long promised = length("grows.txt", client);
    truncate("grows.txt", LARGE * 2);
    assertEquals(promised - (1 << 20), client.skip(promised - (1 << 20)));
    assertEquals("small", client.send(Wire.get("/small.txt")).read().text());
  }

  @Test
  void aFileThatIsReplacedIsSentToItsEnd() throws Exception {
    RawClient client = connect(server());
    long promised = length("replaced.txt", client);
    site.replace("replaced.txt", "other");
    assertEquals(promised - (1 << 20), client.skip(promised - (1 << 20)));
    assertEquals("small", client.send(Wire.get("/small.txt")).read().text());
  }
}
