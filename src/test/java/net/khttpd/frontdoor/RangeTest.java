package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// One range of a file: RFC 9110 §14 with its examples, R1, R2 and R5 of `peers.md`. From memory
/// and by sendfile.
final class RangeTest extends FrontDoor {
  private static final String MEMORY = "sendfile_min=1048576";
  private static final String SENDFILE = "cache_bytes=0";
  private static final int LENGTH = 10_000;
  private static final int LARGE = 900_000;

  private final byte[] content = new byte[LENGTH];
  private final byte[] large = new byte[LARGE];

  @BeforeEngine
  void files() throws Exception {
    new Random(1).nextBytes(content);
    new Random(2).nextBytes(large);
    site.file("rfc.txt", content).file("large.txt", large).file("empty.txt", "");
    site.file("a.txt", "alpha").file("one.txt", "1");
  }

  private static String range(String path, String range) {
    return Wire.get(path, "Range: " + range);
  }

  /// §14.1.2, §14.4, §15.3.7.1: all that a 200 would have had, and which bytes these are.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bytes=0-499             | 0    | 499
          bytes=500-999           | 500  | 999
          bytes=-500              | 9500 | 9999
          bytes=9500-             | 9500 | 9999
          bytes=500-600,601-999   | 500  | 999
          bytes=500-700,601-999   | 500  | 999
          bytes=0-                | 0    | 9999
          bytes=-20000            | 0    | 9999
          bytes=9999-             | 9999 | 9999
          bytes=0-0               | 0    | 0
          bytes=9000-18446744073709551616 | 9000 | 9999
          """)
  void aRangeIsAnswered206WithItsBytes(String range, int first, int last) throws Exception {
    for (String way : new String[] {MEMORY, SENDFILE}) {
      RawClient client = connect(server(way));
      Answer whole = client.send(Wire.get("/rfc.txt")).read();
      Answer part = client.send(range("/rfc.txt", range)).read();
      assertEquals("HTTP/1.1 206 Partial Content", part.statusLine(), way);
      assertArrayEquals(Arrays.copyOfRange(content, first, last + 1), part.body());
      assertEquals("" + (last - first + 1), part.field("Content-Length").orElseThrow());
      assertEquals(
          "bytes %d-%d/%d".formatted(first, last, LENGTH),
          part.field("Content-Range").orElseThrow());
      for (String same :
          new String[] {"ETag", "Last-Modified", "Content-Type", "Server", "Accept-Ranges"}) {
        assertEquals(whole.field(same).orElseThrow(), part.field(same).orElseThrow());
      }
      assertTrue(part.has("Date"));
      assertFalse(whole.has("Content-Range"));
      assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
    }
  }

  /// §14.2, §15.5.17, and R2 of `peers.md`.
  @ParameterizedTest
  @ValueSource(
      strings = {"bytes=10000-", "bytes=10000-10001", "bytes=-0", "bytes=18446744073709551616-"})
  void aRangeBeyondTheEndIsAnswered416(String range) throws Exception {
    for (String way : new String[] {MEMORY, SENDFILE}) {
      RawClient client = connect(server(way));
      Answer answer = client.send(range("/rfc.txt", range)).read();
      assertEquals(416, answer.status());
      assertEquals("bytes */10000", answer.field("Content-Range").orElseThrow());
      assertFalse(answer.saysClose());
      assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
    }
  }

  /// What is malformed, of another unit or too much is no Range: R1 and R2 of `peers.md`.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes=20-10",
        "bytes=x-",
        "bytes=-",
        "bytes",
        "bytes=",
        "bytes=0-0;1-1",
        "bytes=0-0\r\nRange: bytes=0-0",
        "items=0-0",
        "lines=1-2",
        "bytes=0-,0-",
        "bytes=0-9,5-14,10-19",
        "bytes=0-,5-0,5-1,5-2",
        "bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18,20-20,22-22,24-24,26-26,28-28,"
            + "30-30,32-32"
      })
  void whatIsNoRangeGetsTheWholeFile(String range) throws Exception {
    Answer answer = connect(server()).send(range("/rfc.txt", range)).read();
    assertEquals(200, answer.status());
    assertArrayEquals(content, answer.body());
    assertFalse(answer.has("Content-Range"));
  }

  @Test
  void theApacheKillerGetsTheWholeFile() throws Exception {
    for (String part : new String[] {",5-%d", ",0-", ",%d-"}) {
      var killer = new StringBuilder("bytes=0-");
      for (int i = 0; i < 1300; i++) {
        killer.append(part.formatted(2 * i));
      }
      Answer answer = connect(server()).send(range("/rfc.txt", killer.toString())).read();
      assertEquals(200, answer.status());
      assertArrayEquals(content, answer.body());
    }
  }

  @Test
  void anEmptyFileHasNoRange() throws Exception {
    RawClient client = connect(server());
    Answer answer = client.send(range("/empty.txt", "bytes=0-")).read();
    assertEquals(416, answer.status());
    assertEquals("bytes */0", answer.field("Content-Range").orElseThrow());
    answer = client.send(range("/empty.txt", "bytes=-5")).read();
    assertEquals(200, answer.status());
    assertEquals("0", answer.field("Content-Length").orElseThrow());
    assertEquals("1", client.send(range("/one.txt", "bytes=-5")).read().text());
  }

  /// §14.2: Range is defined for GET only. R5 of `peers.md`.
  @Test
  void aRangeOnAnyOtherMethodIsIgnored() throws Exception {
    RawClient client = connect(server());
    client.send(Wire.request("HEAD", "/rfc.txt", "Range: bytes=0-0"));
    Answer answer = client.readForHead();
    assertEquals(200, answer.status());
    assertEquals("10000", answer.field("Content-Length").orElseThrow());
    assertFalse(answer.has("Content-Range"));
    client.send(Wire.request("HEAD", "/rfc.txt", "Range: bytes=20000-"));
    assertEquals(200, client.readForHead().status());
    client.send(Wire.request("DELETE", "/rfc.txt", "Range: bytes=0-0"));
    assertEquals(405, client.read().status());
  }

  @ParameterizedTest
  @CsvSource({"0,16384", "0,16385", "1,300000", "777,65536", "899999,1", "400000,500000"})
  void rangesOfEverySizeArriveWhole(int first, int length) throws Exception {
    String range = "bytes=" + first + "-" + (first + length - 1);
    for (String way : new String[] {MEMORY, SENDFILE}) {
      Answer answer = connect(server(way)).send(range("/large.txt", range)).read();
      assertEquals(206, answer.status());
      assertArrayEquals(Arrays.copyOfRange(large, first, first + length), answer.body());
    }
  }

  @Test
  void pipelinedRangesAreAnsweredInOrder() throws Exception {
    var random = new Random(3);
    for (String way : new String[] {MEMORY, SENDFILE}) {
      var requests = new StringBuilder();
      int[] first = random.ints(60, 0, LARGE - 1).toArray();
      int[] length = random.ints(60, 1, 50_000).toArray();
      for (int i = 0; i < first.length; i++) {
        int last = Math.min(first[i] + length[i], LARGE) - 1;
        requests.append(range("/large.txt", "bytes=" + first[i] + "-" + last));
        requests.append(i % 7 == 0 ? Wire.get("/a.txt") : "");
      }
      RawClient client = connect(server(way)).send(requests.toString());
      for (int i = 0; i < first.length; i++) {
        int end = Math.min(first[i] + length[i], LARGE);
        assertArrayEquals(Arrays.copyOfRange(large, first[i], end), client.read().body());
        if (i % 7 == 0) {
          assertEquals("alpha", client.read().text());
        }
      }
    }
  }

  @Test
  void smallRangesOfAPipelineLeaveTogether() throws Exception {
    RawClient client = connect(server(MEMORY));
    client.send(Wire.get("/rfc.txt")).read();
    String request = range("/rfc.txt", "bytes=10-19");
    client.send(request.repeat(20));
    int together = client.arrivedTogether();
    for (int i = 0; i < 20; i++) {
      assertArrayEquals(Arrays.copyOfRange(content, 10, 20), client.read().body());
    }
    assertTrue(together > 4_000, together + " bytes of twenty answers came at first");
  }

  @Test
  void aRangeForAnOldClientSaysWhatBecomesOfTheConnection() throws Exception {
    RawClient client = connect(server());
    client.send("GET /a.txt HTTP/1.0\r\nConnection: keep-alive\r\nRange: bytes=1-2\r\n\r\n");
    Answer answer = client.read();
    assertEquals(206, answer.status());
    assertEquals("keep-alive", answer.field("Connection").orElseThrow());
    client.send("GET /a.txt HTTP/1.0\r\nRange: bytes=1-\r\n\r\n");
    answer = client.read();
    assertEquals("lpha", answer.text());
    assertTrue(answer.saysClose());
    client.assertClosed();
  }
}
