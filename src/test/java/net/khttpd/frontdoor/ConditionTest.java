package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The conditions of RFC 9110 §13 that concern a file, save If-Range: [IfRangeTest].
final class ConditionTest extends FrontDoor {
  private static final String SAME = "Thu, 29 Feb 2024 12:34:56 GMT";

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
  }

  private String tag(RawClient client) throws Exception {
    return client.send(Wire.get("/a.txt")).read().field("ETag").orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"TAG", "W/TAG", "*", "\"x\", TAG", "TAG , \"x\"", "\"a,b\",TAG", "W/\"x\",W/TAG"})
  void aMatchingTagIsNotModified(String pattern) throws Exception {
    RawClient client = connect(server());
    String tag = tag(client);
    client.send(Wire.get("/a.txt", "If-None-Match: " + pattern.replace("TAG", tag)));
    Answer answer = client.read();
    assertEquals(304, answer.status());
    assertEquals(tag, answer.field("ETag").orElseThrow());
    assertTrue(answer.has("Date"));
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"x\"", "W/\"x\"", "BARE", "\"x\", \"y\"", "\"*\""})
  void anotherTagIsModified(String pattern) throws Exception {
    RawClient client = connect(server());
    String bare = tag(client).replace("\"", "");
    client.send(Wire.get("/a.txt", "If-None-Match: " + pattern.replace("BARE", bare)));
    assertEquals(200, client.read().status());
  }

  @Test
  void severalLinesOfTagsAreOneList() throws Exception {
    RawClient client = connect(server());
    String tag = tag(client);
    client.send(Wire.get("/a.txt", "If-None-Match: \"x\"", "If-None-Match: " + tag));
    assertEquals(304, client.read().status());
  }

  @ParameterizedTest
  @CsvSource({
    "'Thu, 29 Feb 2024 12:34:56 GMT', 304",
    "'Thu, 29 Feb 2024 12:34:55 GMT', 200",
    "'Thu, 29 Feb 2024 12:34:57 GMT', 304",
    "'Thursday, 29-Feb-24 12:34:56 GMT', 304",
    "'Thursday, 29-Feb-24 12:34:55 GMT', 200",
    "'Thu Feb 29 12:34:56 2024', 304",
    "'Thu Feb 29 12:34:55 2024', 200",
    "'Fri, 01 Mar 2024 00:00:00 GMT', 304",
    "'Thu, 29 Feb 2024 12:34:56', 200",
    "'Thu, 30 Feb 2024 12:34:56 GMT', 200",
    "'Thu, 29 Feb 2024 25:34:56 GMT', 200",
    "'yesterday', 200",
    "'', 200"
  })
  void theSecondDecides(String date, int status) throws Exception {
    RawClient client = connect(server());
    client.send(Wire.get("/a.txt", "If-Modified-Since: " + date));
    assertEquals(status, client.read().status());
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
  }

  /// §13.1.1, §13.1.4: 412, and the connection goes on.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          If-Match: TAG                                      | 200
          If-Match: *                                        | 200
          If-Match: "x", TAG                                 | 200
          If-Match: "x"                                      | 412
          If-Match: "xyzzy", "r2d2xxxx", "c3piozzzz"         | 412
          If-Match: W/TAG                                    | 412
          If-Match: x                                        | 412
          If-Unmodified-Since: Thu, 29 Feb 2024 12:34:56 GMT | 200
          If-Unmodified-Since: Thu, 29 Feb 2024 12:34:55 GMT | 412
          If-Unmodified-Since: Thursday, 29-Feb-24 12:34:55 GMT | 412
          If-Unmodified-Since: Thu Feb 29 12:34:55 2024      | 412
          If-Unmodified-Since: Sat, 29 Oct 1994 19:43:31 GMT | 412
          If-Unmodified-Since: yesterday                     | 200
          If-Unmodified-Since: Fri, 31 Dec 9999 23:59:59 GMT | 200
          """)
  void aPreconditionThatFailsIsAnswered412(String field, int status) throws Exception {
    for (String method : new String[] {"GET", "HEAD"}) {
      RawClient client = connect(server());
      client.send(Wire.request(method, "/a.txt", field.replace("TAG", tag(client))));
      Answer answer = method.equals("HEAD") ? client.readForHead() : client.read();
      assertEquals(status, answer.status());
      assertFalse(answer.saysClose());
      assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
    }
  }

  /// §13.2.2.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          If-Match: "x"; If-None-Match: TAG            | 412
          If-Match: TAG; If-None-Match: TAG            | 304
          If-Match: TAG; If-Unmodified-Since: EARLIER  | 200
          If-Match: TAG; If-Modified-Since: SAME       | 304
          If-Unmodified-Since: EARLIER; If-None-Match: TAG | 412
          If-Unmodified-Since: SAME; If-None-Match: TAG | 304
          If-Unmodified-Since: SAME; If-None-Match: "x" | 200
          If-None-Match: "x"; If-Modified-Since: SAME  | 200
          If-None-Match: TAG; If-Modified-Since: EARLIER | 304
          If-None-Match: TAG; Range: bytes=0-0         | 304
          If-None-Match: TAG; Range: bytes=9-9         | 304
          If-None-Match: "x"; Range: bytes=0-0         | 206
          If-Match: "x"; Range: bytes=0-0              | 412
          If-Match: TAG; Range: bytes=0-0              | 206
          If-Match: TAG; Range: bytes=9-9              | 416
          If-Modified-Since: SAME; Range: bytes=0-0    | 304
          """)
  void conditionsAreJudgedInTheirOrder(String fields, int status) throws Exception {
    RawClient client = connect(server());
    String tag = tag(client);
    String[] lines =
        fields
            .replace("TAG", tag)
            .replace("SAME", SAME)
            .replace("EARLIER", "Thu, 29 Feb 2024 12:34:55 GMT")
            .split("; ");
    assertEquals(status, client.send(Wire.get("/a.txt", lines)).read().status());
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
  }

  /// §15.4.5: the tag and the date, nothing about a body.
  @Test
  void aNotModifiedHasTheFieldsThatACacheNeeds() throws Exception {
    RawClient client = connect(server());
    client.send(Wire.get("/a.txt", "If-None-Match: *"));
    Answer answer = client.read();
    assertTrue(answer.has("ETag") && answer.has("Date"), answer::toString);
    for (String other :
        new String[] {"Content-Type", "Content-Length", "Last-Modified", "Content-Range"}) {
      assertFalse(answer.has(other), answer::toString);
    }
  }

  @Test
  void aTagWinsOverADate() throws Exception {
    RawClient client = connect(server());
    client.send(Wire.get("/a.txt", "If-None-Match: \"x\"", "If-Modified-Since: " + SAME));
    assertEquals(200, client.read().status());
  }

  @Test
  void aConditionHoldsForHeadToo() throws Exception {
    RawClient client = connect(server());
    client.send(Wire.request("HEAD", "/a.txt", "If-None-Match: " + tag(client)));
    assertEquals(304, client.readForHead().status());
  }

  @Test
  void aNotModifiedHasNoBodyAndKeepsTheConnection() throws Exception {
    RawClient client = connect(server());
    client.send(Wire.get("/a.txt", "If-Modified-Since: " + SAME) + Wire.get("/a.txt"));
    Answer answer = client.read();
    assertEquals(304, answer.status());
    assertFalse(answer.has("Transfer-Encoding"));
    assertEquals("alpha", client.read().text());
  }
}
