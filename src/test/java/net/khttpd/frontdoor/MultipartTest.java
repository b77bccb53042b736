package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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

/// Several ranges of a file: RFC 9110 §14.6, §15.3.7.2. From memory and by sendfile, small and
/// large.
final class MultipartTest extends FrontDoor {
  private static final String MEMORY = "sendfile_min=1048576";
  private static final String SENDFILE = "cache_bytes=0";
  private static final int LARGE = 900_000;

  private final byte[] rfc = new byte[10_000];
  private final byte[] large = new byte[LARGE];

  @BeforeEngine
  void files() throws Exception {
    new Random(1).nextBytes(rfc);
    new Random(2).nextBytes(large);
    site.file("rfc.txt", rfc).file("large.txt", large).file("a.txt", "alpha");
  }

  private static String boundary(Answer answer) {
    String type = answer.field("Content-Type").orElseThrow();
    assertTrue(type.startsWith("multipart/byteranges; boundary="), type);
    return type.substring(type.indexOf('=') + 1);
  }

  /// The body is exactly these ranges of `content`, in this order, and nothing else.
  private static void assertParts(Answer answer, byte[] content, int... firstAndLast) {
    assertEquals(206, answer.status(), answer::toString);
    assertFalse(answer.has("Content-Range"), answer::toString);
    String boundary = boundary(answer);
    var expected = new StringBuilder();
    for (int i = 0; i < firstAndLast.length; i += 2) {
      int first = firstAndLast[i];
      int last = firstAndLast[i + 1];
      expected.append("%s--%s\r\n".formatted(i == 0 ? "" : "\r\n", boundary));
      expected.append("Content-Type: text/plain\r\n");
      expected.append(
          "Content-Range: bytes %d-%d/%d\r\n\r\n".formatted(first, last, content.length));
      expected.append(Wire.text(Arrays.copyOfRange(content, first, last + 1)));
    }
    expected.append("\r\n--").append(boundary).append("--\r\n");
    assertArrayEquals(Wire.bytes(expected.toString()), answer.body());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bytes=0-0,-1                    | 0 0 9999 9999
          bytes= 0-999, 4500-5499, -1000  | 0 999 4500 5499 9000 9999
          bytes=500-999,7000-7999         | 500 999 7000 7999
          bytes=7-8,1-2                   | 7 8 1 2
          bytes=50-60,1-2,55-70,3-4       | 50 70 1 4
          bytes=0-1,20000-,4-5            | 0 1 4 5
          """)
  void severalRangesAreParts(String range, String parts) throws Exception {
    int[] expected = Arrays.stream(parts.split(" ")).mapToInt(Integer::parseInt).toArray();
    for (String way : new String[] {MEMORY, SENDFILE}) {
      RawClient client = connect(server(way));
      Answer whole = client.send(Wire.get("/rfc.txt")).read();
      client.send(Wire.get("/rfc.txt", "Range: " + range) + Wire.get("/a.txt"));
      Answer answer = client.read();
      assertParts(answer, rfc, expected);
      assertEquals(whole.field("ETag"), answer.field("ETag"));
      assertEquals(whole.field("Last-Modified"), answer.field("Last-Modified"));
      assertEquals("alpha", client.read().text());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "10,20,40000,80000,500000,800000", // one is copied, two are not
    "800000,899999,0,16383,20000,36384", // the last of a file first
    "0,200000,300000,500000,600000,700000"
  })
  void largePartsArriveWhole(int a, int b, int c, int d, int e, int f) throws Exception {
    String range = "Range: bytes=%d-%d,%d-%d,%d-%d".formatted(a, b, c, d, e, f);
    for (String way : new String[] {MEMORY, SENDFILE}) {
      RawClient client = connect(server(way));
      for (int i = 0; i < 3; i++) {
        client.send(Wire.get("/large.txt", range) + Wire.get("/a.txt"));
        assertParts(client.read(), large, a, b, c, d, e, f);
        assertEquals("alpha", client.read().text());
      }
    }
  }

  @Test
  void sixteenPartsAreTheMost() throws Exception {
    var range = new StringBuilder("Range: bytes=");
    int[] expected = new int[32];
    for (int i = 0; i < 16; i++) {
      expected[2 * i] = 50_000 * i;
      expected[2 * i + 1] = 50_000 * i + 10_000 * (i % 3);
      range.append(i == 0 ? "" : ",").append(expected[2 * i]).append('-');
      range.append(expected[2 * i + 1]);
    }
    for (String way : new String[] {MEMORY, SENDFILE}) {
      RawClient client = connect(server(way));
      assertParts(client.send(Wire.get("/large.txt", "" + range)).read(), large, expected);
      client.send(Wire.get("/large.txt", range + ",899999-"));
      assertEquals(200, client.read().status());
    }
  }

  @Test
  void pipelinedPartsAreAnsweredInOrderWhateverTheirSize() throws Exception {
    var random = new Random(4);
    for (String way : new String[] {MEMORY, SENDFILE}) {
      var requests = new StringBuilder();
      int[][] asked = new int[40][];
      for (int i = 0; i < asked.length; i++) {
        int most = i % 3 == 0 ? 60_000 : 3_000;
        int a = random.nextInt(100_000);
        int c = 200_000 + random.nextInt(100_000);
        asked[i] = new int[] {a, a + random.nextInt(most), c, c + random.nextInt(most)};
        requests.append(
            Wire.get(
                "/large.txt",
                "Range: bytes=%d-%d,%d-%d"
                    .formatted(asked[i][0], asked[i][1], asked[i][2], asked[i][3])));
      }
      RawClient client = connect(server(way)).send(requests.toString());
      for (int[] parts : asked) {
        assertParts(client.read(), large, parts);
      }
    }
  }

  @Test
  void noTwoAnswersHaveTheSameBoundary() throws Exception {
    RawClient client = connect(server());
    String request = Wire.get("/rfc.txt", "Range: bytes=0-0,9-9");
    String one = boundary(client.send(request).read());
    String other = boundary(client.send(request).read());
    assertNotEquals(one, other);
    assertTrue(one.matches("[-0-9A-Za-z]{30,70}"), one);
  }

  @Test
  void aClientThatGoesInTheMiddleOfPartsLeavesNothingBehind() throws Exception {
    site.sparse("sparse.txt", 200L << 20);
    String request = Wire.get("/sparse.txt", "Range: bytes=0-99999999,150000000-160000000,-9");
    for (int i = 0; i < 5; i++) {
      RawClient client = connect(server()).send(request);
      client.head();
      assertEquals(1 << 20, client.skip(1 << 20));
      client.reset();
    }
    assertEquals("alpha", connect(server()).send(Wire.get("/a.txt")).read().text());
  }
}
