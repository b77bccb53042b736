package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// If-Range, RFC 9110 §13.1.5: the part if nothing has changed, else the whole. R3 of `peers.md`.
final class IfRangeTest extends FrontDoor {
  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          TAG                               | 206
          W/TAG                             | 200
          "x"                               | 200
          TAG, "x"                          | 200
          TAG, TAG                          | 200
          *                                 | 200
          BARE                              | 200
          Thu, 29 Feb 2024 12:34:56 GMT     | 206
          Thursday, 29-Feb-24 12:34:56 GMT  | 206
          Thu Feb 29 12:34:56 2024          | 206
          Thu, 29 Feb 2024 12:34:55 GMT     | 200
          Thu, 29 Feb 2024 12:34:57 GMT     | 200
          Thu, 29 Feb 2024 12:34:56         | 200
          yesterday                         | 200
          TAG AND AGAIN TAG                 | 200
          """)
  void onlyTheVeryVersionIsContinued(String value, int status) throws Exception {
    RawClient client = connect(server());
    String tag = client.send(Wire.get("/a.txt")).read().field("ETag").orElseThrow();
    String field =
        value
            .replace("TAG", tag)
            .replace("BARE", tag.replace("\"", ""))
            .replace(" AND AGAIN ", "\r\nIf-Range: ");
    client.send(Wire.get("/a.txt", "Range: bytes=1-2", "If-Range: " + field));
    Answer answer = client.read();
    assertEquals(status, answer.status());
    assertEquals(status == 206 ? "lp" : "alpha", answer.text());
  }

  /// §13.1.5, §14.2: without Range it means nothing, and a range it lets through is judged as ever.
  @Test
  void withoutARangeItMeansNothing() throws Exception {
    RawClient client = connect(server());
    String tag = client.send(Wire.get("/a.txt")).read().field("ETag").orElseThrow();
    assertEquals(200, client.send(Wire.get("/a.txt", "If-Range: " + tag)).read().status());
    client.send(Wire.get("/a.txt", "If-Range: " + tag, "Range: bytes=9-"));
    assertEquals(416, client.read().status());
    client.send(Wire.get("/a.txt", "If-Range: \"x\"", "Range: bytes=9-"));
    assertEquals("alpha", client.read().text());
    client.send(Wire.request("HEAD", "/a.txt", "If-Range: \"x\"", "Range: bytes=0-0"));
    assertEquals(200, client.readForHead().status());
  }

  /// §8.8.2.2: a date that may stand for two versions is no strong validator; nor is a weak tag.
  @Test
  void aFileJustWrittenIsNeverContinued() throws Exception {
    RawClient client = connect(server());
    site.file("young.txt", "young").time("young.txt", Instant.now().plusSeconds(30));
    Answer whole = client.send(Wire.get("/young.txt")).read();
    String tag = whole.field("ETag").orElseThrow();
    assertTrue(tag.startsWith("W/"), tag);
    for (String validator : new String[] {tag, whole.field("Last-Modified").orElseThrow()}) {
      client.send(Wire.get("/young.txt", "Range: bytes=0-0", "If-Range: " + validator));
      assertEquals("young", client.read().text(), validator);
    }
  }
}
