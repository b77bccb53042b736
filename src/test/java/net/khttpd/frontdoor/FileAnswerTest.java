package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The fields of a 200 for a file.
final class FileAnswerTest extends FrontDoor {
  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha").file("empty.txt", "").file("one.txt", "1");
    for (String name :
        "b.html c.css d.js e.png f.svg g.jpg h.json i.pdf j.unknown noextension k.TXT".split(" ")) {
      site.file(name, "x");
    }
  }

  private Answer get(String path) throws Exception {
    return connect(server()).send(Wire.get(path)).read();
  }

  @Test
  void everyFieldIsThereOnce() throws Exception {
    Answer answer = get("/a.txt");
    assertEquals("HTTP/1.1 200 OK", answer.statusLine());
    assertEquals("5", answer.field("Content-Length").orElseThrow());
    assertEquals("text/plain", answer.field("Content-Type").orElseThrow());
    assertEquals("Thu, 29 Feb 2024 12:34:56 GMT", answer.field("Last-Modified").orElseThrow());
    assertEquals("bytes", answer.field("Accept-Ranges").orElseThrow());
    assertTrue(
        answer.field("ETag").orElseThrow().matches("\"[\\x21\\x23-\\x7e]+\""), answer::toString);
    assertFalse(answer.has("Transfer-Encoding"));
  }

  @Test
  void theDateIsNow() throws Exception {
    String date = get("/a.txt").field("Date").orElseThrow();
    Instant told = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    assertTrue(Duration.between(told, Instant.now()).abs().toSeconds() <= 2, date);
    assertEquals(29, date.length());
  }

  @Test
  void anEmptyFileHasLengthZero() throws Exception {
    RawClient client = connect(server());
    Answer answer = client.send(Wire.get("/empty.txt")).read();
    assertEquals("0", answer.field("Content-Length").orElseThrow());
    assertEquals("1", client.send(Wire.get("/one.txt")).read().text());
  }

  @ParameterizedTest
  @CsvSource({
    "/b.html, text/html",
    "/c.css, text/css",
    "/d.js, text/javascript",
    "/e.png, image/png",
    "/f.svg, image/svg+xml",
    "/g.jpg, image/jpeg",
    "/h.json, application/json",
    "/i.pdf, application/pdf",
    "/k.TXT, text/plain",
    "/j.unknown, application/octet-stream",
    "/noextension, application/octet-stream"
  })
  void theTypeFollowsTheExtension(String path, String type) throws Exception {
    assertEquals(type, get(path).field("Content-Type").orElseThrow());
  }

  @Test
  void theTagChangesWithTimeAndSize() throws Exception {
    site.file("t1.txt", "same").file("t2.txt", "same").file("t3.txt", "longer");
    site.time("t2.txt", net.khttpd.frontdoor.harness.Site.OLD.plusNanos(1_000_000));
    String tag = get("/t1.txt").field("ETag").orElseThrow();
    assertNotEquals(tag, get("/t2.txt").field("ETag").orElseThrow());
    assertNotEquals(tag, get("/t3.txt").field("ETag").orElseThrow());
  }

  @Test
  void theTagIsWeakWhenTheFileIsJustWritten() throws Exception {
    site.file("young.txt", "x").time("young.txt", Instant.now());
    assertTrue(get("/young.txt").field("ETag").orElseThrow().startsWith("W/\""));
  }

  @ParameterizedTest
  @CsvSource({
    "1969-07-20T20:17:40Z, 'Sun, 20 Jul 1969 20:17:40 GMT'",
    "1996-12-31T23:59:59Z, 'Tue, 31 Dec 1996 23:59:59 GMT'",
    "2007-01-01T00:00:00Z, 'Mon, 01 Jan 2007 00:00:00 GMT'",
    "1970-01-01T00:00:02Z, 'Thu, 01 Jan 1970 00:00:02 GMT'"
  })
  void lastModifiedIsRightInEveryYear(Instant time, String text) throws Exception {
    String name = "time" + time.getEpochSecond() + ".txt";
    site.file(name, "x").time(name, time);
    assertEquals(text, get("/" + name).field("Last-Modified").orElseThrow());
  }

  @Test
  void aTimeInTheFutureIsNeverTold() throws Exception {
    for (String year : new String[] {"2038-01-20", "2106-03-01"}) {
      site.file("future" + year + ".txt", "x");
      site.time("future" + year + ".txt", Instant.parse(year + "T00:00:00Z"));
      Answer answer = get("/future" + year + ".txt");
      assertEquals("x", answer.text());
      answer
          .field("Last-Modified")
          .ifPresent(told ->
              assertFalse(
                  ZonedDateTime.parse(told, DateTimeFormatter.RFC_1123_DATE_TIME)
                      .toInstant()
                      .isAfter(Instant.now()),
                  told));
    }
  }
}
