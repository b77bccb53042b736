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

/// If-None-Match and If-Modified-Since: RFC 9110 sections 13.1.2 and 13.1.3.
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
