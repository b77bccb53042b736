package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.util.Random;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Site;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Lengths from nothing to more than fits any int: F13 of `peers.md`.
final class LargeFileTest extends FrontDoor {
  private static final String TYPE = ".txt";

  @BeforeEngine
  void files() throws Exception {
    site.file("small.txt", "small");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0, 1, 2, 4095, 4096, 4097, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 262_143, 262_144,
        262_145, 1_048_575, 1_048_576, 1_048_577, 5_000_000
      })
  void everyByteArrives(int length) throws Exception {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    site.file(length + TYPE, content);
    RawClient client = connect(server());
    for (int round = 0; round < 2; round++) {
      Answer answer = client.send(Wire.get("/" + length + TYPE)).read();
      assertEquals(String.valueOf(length), answer.field("Content-Length").orElseThrow());
      assertArrayEquals(content, answer.body());
    }
    assertEquals("small", client.send(Wire.get("/small.txt")).read().text());
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        (1L << 31) - 3,
        (1L << 31) - 1,
        1L << 31,
        (1L << 31) + 3,
        (1L << 32) - 3,
        1L << 32,
        (1L << 32) + 3,
        5_000_000_000L,
        1L << 40
      })
  void aHugeLengthIsToldRightAndItsBytesBegin(long length) throws Exception {
    site.sparse("huge" + length + TYPE, length);
    RawClient client = connect(server());
    String path = "/huge" + length + TYPE;
    Answer head = client.send(Wire.request("HEAD", path)).readForHead();
    assertEquals(String.valueOf(length), head.field("Content-Length").orElseThrow());
    client.send(Wire.get(path)).head();
    assertEquals(8L << 20, client.skip(8L << 20));
    client.reset();
    assertEquals("small", connect(server()).send(Wire.get("/small.txt")).read().text());
  }

  /// The bytes at the end of a file beyond 32 bits, which alone are not 0.
  @ParameterizedTest
  @ValueSource(longs = {(1L << 31) + 3, (1L << 32) - 3, (1L << 32) + 3, 5_000_000_000L, 1L << 40})
  void rangesOfAHugeFileAreItsBytes(long length) throws Exception {
    String name = "marked" + length + TYPE;
    site.sparse(name, length);
    try (var file = new RandomAccessFile(site.root().resolve(name).toFile(), "rw")) {
      file.seek(length - 3);
      file.write(Wire.bytes("end"));
    }
    site.time(name, Site.OLD);
    RawClient client = connect(server());
    for (String range : new String[] {"-5", (length - 5) + "-", (length - 5) + "-" + length * 2}) {
      Answer answer = client.send(Wire.get("/" + name, "Range: bytes=" + range)).read();
      assertEquals(206, answer.status());
      assertEquals("\0\0end", answer.text());
      String told = "bytes %d-%d/%d".formatted(length - 5, length - 1, length);
      assertEquals(told, answer.field("Content-Range").orElseThrow());
    }
    client.send(Wire.get("/" + name, "Range: bytes=" + length + "-"));
    assertEquals("bytes */" + length, client.read().field("Content-Range").orElseThrow());
    client.send(Wire.get("/" + name, "Range: bytes=0-1,-3"));
    assertTrue(client.read().text().contains("/" + length + "\r\n\r\nend\r\n"), "two parts");
    client.send(Wire.get("/" + name, "Range: bytes=1-"));
    String head = client.head();
    assertTrue(head.contains("\r\nContent-Length: " + (length - 1) + "\r\n"), head);
    assertEquals(1L << 20, client.skip(1L << 20));
    client.reset();
  }

  @Test
  void moreThanTwoGigabytesArriveWhole() throws Exception {
    long length = (1L << 31) + 1;
    site.sparse("two-gib.txt", length);
    RawClient client = connect(server());
    client.send(Wire.get("/two-gib.txt")).head();
    assertEquals(length, client.skip(length));
    assertEquals("small", client.send(Wire.get("/small.txt")).read().text());
  }

  @Test
  void othersAreServedWhileALargeFileIsSent() throws Exception {
    site.sparse("slow.txt", 1L << 30);
    RawClient slow = connect(server());
    slow.send(Wire.get("/slow.txt")).head();
    for (int i = 0; i < 50; i++) {
      assertEquals("small", connect(server()).send(Wire.get("/small.txt")).read().text());
    }
    slow.reset();
  }
}
