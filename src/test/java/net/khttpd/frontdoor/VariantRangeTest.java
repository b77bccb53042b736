package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Ranges of a file that has variants are ranges of the representation that this request gets, with
/// its own validator (R4, B28; RFC 9110 §14.2).
final class VariantRangeTest extends FrontDoor {
  private static final String BR = "Accept-Encoding: br";
  private static final String CACHED = "cache_control=/** max-age=9";

  @BeforeEngine
  void files() throws Exception {
    site.file("a.css", "the original").file("a.css.br", "0123456789");
    site.file("large.js", new byte[300_000]).file("large.js.br", "x".repeat(99_999) + "end");
  }

  private Answer get(String path, String... fields) throws Exception {
    return connect(server(CACHED)).send(Wire.get(path, fields)).read();
  }

  @Test
  void aRangeIsOneOfTheVariant() throws Exception {
    Answer whole = get("/a.css", BR);
    Answer part = get("/a.css", BR, "Range: bytes=2-4");
    assertEquals(206, part.status());
    assertEquals("234", part.text());
    assertEquals("bytes 2-4/10", part.field("Content-Range").orElse(""));
    for (String same :
        List.of(
            "ETag",
            "Last-Modified",
            "Vary",
            "Content-Encoding",
            "Content-Type",
            "Cache-Control",
            "X-Content-Type-Options",
            "Server")) {
      assertTrue(part.has(same), same);
      assertEquals(whole.field(same), part.field(same), same);
    }
  }

  @Test
  void aRangeOfTheOriginalVaries() throws Exception {
    Answer part = get("/a.css", "Range: bytes=4-");
    assertEquals("original", part.text());
    assertEquals("bytes 4-11/12", part.field("Content-Range").orElse(""));
    assertEquals("Accept-Encoding", part.field("Vary").orElse(""));
    assertFalse(part.has("Content-Encoding"));
  }

  @Test
  void aLargeVariantHasRangesBySendfile() throws Exception {
    Answer part = get("/large.js", BR, "Range: bytes=-4");
    assertEquals("xend", part.text());
    assertEquals("bytes 99998-100001/100002", part.field("Content-Range").orElse(""));
  }

  @Test
  void beyondTheVariantIsBeyondTheEnd() throws Exception {
    Answer none = get("/a.css", BR, "Range: bytes=10-11");
    assertEquals(416, none.status());
    assertEquals("bytes */10", none.field("Content-Range").orElse(""));
    assertEquals(206, get("/a.css", "Range: bytes=10-11").status());
  }

  /// A download of one representation is never gone on with in another.
  @Test
  void ifRangeKnowsWhichRepresentationWasBegun() throws Exception {
    String coded = get("/a.css", BR).field("ETag").orElseThrow();
    String original = get("/a.css").field("ETag").orElseThrow();
    assertEquals(206, get("/a.css", BR, "Range: bytes=2-4", "If-Range: " + coded).status());
    assertEquals(200, get("/a.css", BR, "Range: bytes=2-4", "If-Range: " + original).status());
    assertEquals(200, get("/a.css", "Range: bytes=2-4", "If-Range: " + coded).status());
    assertEquals(206, get("/a.css", "Range: bytes=2-4", "If-Range: " + original).status());
  }

  @ParameterizedTest
  @ValueSource(strings = {BR, "Accept-Encoding: identity"})
  void ifMatchKnowsItToo(String accept) throws Exception {
    String tag = get("/a.css", accept).field("ETag").orElseThrow();
    String other = get("/a.css", accept.equals(BR) ? "X: y" : BR).field("ETag").orElseThrow();
    assertEquals(200, get("/a.css", accept, "If-Match: " + tag).status());
    assertEquals(412, get("/a.css", accept, "If-Match: " + other).status());
  }

  /// Several parts are a frame, which nobody shall decode: the coding is that of each part.
  @Test
  void ofSeveralRangesThePartsAreCoded() throws Exception {
    Answer parts = get("/a.css", BR, "Range: bytes=0-1,8-9");
    assertEquals(206, parts.status());
    assertFalse(parts.has("Content-Encoding"), parts::toString);
    assertEquals("Accept-Encoding", parts.field("Vary").orElse(""));
    String boundary = parts.field("Content-Type").orElse("").replaceFirst(".*boundary=", "");
    String expected =
        """
        --B
        Content-Type: text/css
        Content-Encoding: br
        Content-Range: bytes 0-1/10

        01
        --B
        Content-Type: text/css
        Content-Encoding: br
        Content-Range: bytes 8-9/10

        89
        --B--
        """
            .replace("--B", "--" + boundary)
            .replace("\n", "\r\n");
    assertEquals(expected, parts.text());
  }

  @Test
  void withoutServerARangeDoesNotNameUsEither() throws Exception {
    RawClient client = connect(server("server=0"));
    client.send(Wire.get("/a.css", BR, "Range: bytes=2-4") + Wire.get("/a.css"));
    Answer part = client.read();
    assertEquals("234", part.text());
    assertFalse(part.has("Server"));
    assertEquals("bytes 2-4/10", part.field("Content-Range").orElse(""));
    assertEquals("the original", client.read().text());
  }
}
