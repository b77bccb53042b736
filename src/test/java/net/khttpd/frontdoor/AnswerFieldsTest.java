package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;
import net.khttpd.settings.Draft;
import net.khttpd.settings.OperatorException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The fields that the operator chooses: `cache_control`, `header`, `nosniff`, `etag`, `server`.
final class AnswerFieldsTest extends FrontDoor {
  private static final String HASHED = "/assets/** public, max-age=31536000, immutable";

  @BeforeEngine
  void files() throws Exception {
    site.file("index.html", "home")
        .file("a.txt", "alpha")
        .file("assets/app.1f3a.js", "app")
        .file("assets/app.1f3a.js.gz", "GZIP")
        .file("assets/x/deep.css", "deep");
  }

  private RawClient ruled() throws Exception {
    return connect(
        server(
            "cache_control=" + HASHED,
            "cache_control=*.html no-cache",
            "cache_control=/** max-age=60",
            "header=/** X-Frame-Options: DENY",
            "header=/assets/** Access-Control-Allow-Origin: *",
            "header=*.html Link: </a.css>; rel=preload"));
  }

  @ParameterizedTest
  @CsvSource({
    "/assets/app.1f3a.js, 'public, max-age=31536000, immutable'",
    "/assets/x/deep.css, 'public, max-age=31536000, immutable'",
    "/assets/%61pp.1f3a.js, 'public, max-age=31536000, immutable'",
    "/index.html, no-cache",
    "/, no-cache",
    "/a.txt, max-age=60"
  })
  void theFirstPatternThatMatchesHolds(String path, String value) throws Exception {
    Answer answer = ruled().send(Wire.get(path)).read();
    assertEquals(List.of(value), answer.all("Cache-Control"));
  }

  @Test
  void everyPatternThatMatchesAddsItsField() throws Exception {
    RawClient client = ruled();
    Answer html = client.send(Wire.get("/")).read();
    assertEquals("DENY", html.field("X-Frame-Options").orElse(""));
    assertEquals("</a.css>; rel=preload", html.field("Link").orElse(""));
    assertFalse(html.has("Access-Control-Allow-Origin"));
    Answer script = client.send(Wire.get("/assets/app.1f3a.js")).read();
    assertEquals("*", script.field("Access-Control-Allow-Origin").orElse(""));
    assertEquals("DENY", script.field("X-Frame-Options").orElse(""));
  }

  /// RFC 9110 §15.4.5: what a cache keeps with the answer is sent with a 304, too.
  @Test
  void aNotModifiedSaysTheSame() throws Exception {
    RawClient client = ruled();
    String tag = client.send(Wire.get("/assets/app.1f3a.js")).read().field("ETag").orElseThrow();
    client.send(Wire.get("/assets/app.1f3a.js", "If-None-Match: " + tag));
    Answer answer = client.read();
    assertEquals(304, answer.status());
    assertEquals("public, max-age=31536000, immutable", answer.field("Cache-Control").orElse(""));
    assertEquals("DENY", answer.field("X-Frame-Options").orElse(""));
    assertEquals("Accept-Encoding", answer.field("Vary").orElse(""));
    assertFalse(answer.has("Content-Encoding"));
  }

  @Test
  void aVariantHasTheFieldsOfItsOriginal() throws Exception {
    RawClient client = ruled();
    client.send(Wire.get("/assets/app.1f3a.js", "Accept-Encoding: gzip"));
    Answer answer = client.read();
    assertEquals("GZIP", answer.text());
    assertEquals("public, max-age=31536000, immutable", answer.field("Cache-Control").orElse(""));
    assertEquals("*", answer.field("Access-Control-Allow-Origin").orElse(""));
  }

  @Test
  void nosniffIsTheDefault() throws Exception {
    Answer answer = connect(server()).send(Wire.get("/a.txt")).read();
    assertEquals("nosniff", answer.field("X-Content-Type-Options").orElse(""));
    assertFalse(answer.has("Cache-Control"));
    Answer off = connect(server("nosniff=0")).send(Wire.get("/a.txt")).read();
    assertFalse(off.has("X-Content-Type-Options"));
  }

  @Test
  void withoutServerNoAnswerNamesUs() throws Exception {
    RawClient client = connect(server("server=0"));
    Answer file = client.send(Wire.get("/a.txt")).read();
    assertEquals("alpha", file.text());
    assertFalse(file.has("Server"));
    assertTrue(file.has("Date"));
    Answer absent = client.send(Wire.get("/absent")).read();
    assertEquals(404, absent.status());
    assertFalse(absent.has("Server"));
    Answer last = client.send(Wire.get("/a.txt", "Connection: close")).read();
    assertEquals("close", last.field("Connection").orElse(""));
    assertEquals("alpha", last.text());
  }

  @Test
  void withEtagOffOnlyTheTimeValidates() throws Exception {
    RawClient client = connect(server("etag=off"));
    Answer answer = client.send(Wire.get("/a.txt")).read();
    assertFalse(answer.has("ETag"));
    String modified = answer.field("Last-Modified").orElseThrow();
    client.send(Wire.get("/a.txt", "If-Modified-Since: " + modified));
    Answer unmodified = client.read();
    assertEquals(304, unmodified.status());
    assertFalse(unmodified.has("ETag"));
    assertEquals(200, client.send(Wire.get("/a.txt", "If-None-Match: \"\"")).read().status());
    assertEquals(200, client.send(Wire.get("/a.txt", "If-None-Match: W/\"\"")).read().status());
    assertEquals(304, client.send(Wire.get("/a.txt", "If-None-Match: *")).read().status());
  }

  /// A weak tag is good for two seconds only: downloads go on, on every replica alike.
  @ParameterizedTest
  @ValueSource(strings = {"sendfile_min=1048576", "cache_bytes=0"})
  void aTagIsStrongOnceTheFileIsNoLongerYoung(String setting) throws Exception {
    RawClient client = connect(server(setting));
    site.file("young.txt", "young").time("young.txt", Instant.now());
    site.file("young.txt.gz", "YOUNG").time("young.txt.gz", Instant.now());
    String request = Wire.get("/young.txt", "Accept-Encoding: gzip");
    String weak = client.send(request).read().field("ETag").orElseThrow();
    assertTrue(weak.startsWith("W/\""), weak);
    long end = System.nanoTime() + 10_000_000_000L;
    String tag = weak;
    while (tag.equals(weak) && System.nanoTime() < end) {
      assertTrue(client.silentFor(50));
      tag = client.send(request).read().field("ETag").orElseThrow();
    }
    assertEquals(weak.substring(2), tag);
    client.send(
        Wire.get("/young.txt", "Accept-Encoding: gzip", "Range: bytes=1-2", "If-Range: " + tag));
    assertEquals("OU", client.read().text());
    String whole = client.send(Wire.get("/young.txt")).read().field("ETag").orElseThrow();
    assertFalse(whole.startsWith("W/"), whole);
  }

  /// What reproducible builds make is of no date: nobody shall think it unchanged since 1970.
  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void aTimeThatSaysNothingValidatesNothing(long second) throws Exception {
    String date = "Thu, 01 Jan 1970 00:00:0" + second + " GMT";
    RawClient client = connect(server());
    site.file("build.txt", "build").time("build.txt", Instant.ofEpochSecond(second));
    Answer answer = client.send(Wire.get("/build.txt")).read();
    assertFalse(answer.has("Last-Modified"), answer::toString);
    for (String field : new String[] {"If-Modified-Since: ", "If-Unmodified-Since: "}) {
      assertEquals(200, client.send(Wire.get("/build.txt", field + date)).read().status(), field);
    }
    client.send(Wire.get("/build.txt", "Range: bytes=0-0", "If-Range: " + date));
    assertEquals("build", client.read().text());
    String tag = answer.field("ETag").orElseThrow();
    client.send(Wire.get("/build.txt", "Range: bytes=0-0", "If-Range: " + tag));
    assertEquals("b", client.read().text());
    client.send(Wire.get("/build.txt", "If-None-Match: " + tag));
    assertEquals(304, client.read().status());
  }

  /// design.md: mtime within two seconds of the read is weak; 0 and 1 say nothing, so the content
  /// is hashed, for variants, too.
  @Test
  void aTagIsAsStrongAsTheTimeAllows() throws Exception {
    RawClient client = connect(server());
    Files.writeString(site.root().resolve("new.txt"), "new");
    Answer fresh = client.send(Wire.get("/new.txt")).read();
    assertTrue(fresh.field("ETag").orElse("").startsWith("W/\""), fresh::toString);
    site.file("built.txt", "built").time("built.txt", Instant.ofEpochSecond(1));
    site.file("built.txt.gz", "BUILT").time("built.txt.gz", Instant.ofEpochSecond(1));
    Answer built = client.send(Wire.get("/built.txt")).read();
    assertTrue(built.field("ETag").orElse("").matches("\"[0-9a-f]{32}\""), built::toString);
    client.send(Wire.get("/built.txt", "Accept-Encoding: gzip"));
    Answer coded = client.read();
    assertEquals("BUILT", coded.text());
    assertTrue(coded.field("ETag").orElse("").matches("\"[0-9a-f]{32}-gzip\""), coded::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cache_control=/assets/**",
        "cache_control=max-age=60",
        "cache_control=assets/** no-cache",
        "cache_control=/** max-age=",
        "cache_control=/** a b",
        "cache_control=/** ,",
        "header=/**",
        "header=/** X-Frame-Options",
        "header=/** X-Frame-Options:",
        "header=/** X Y: z",
        "header=/** : z",
        "header=x/y X-A: b",
        "header=/** Content-Length: 3",
        "header=/** transfer-encoding: chunked",
        "header=/** Content_Length: 3",
        "header=/** Connection: close",
        "header=/** ETag: x",
        "header=/** Cache-Control: no-store",
        "header=/** X-A: b\r\nX-B: c",
        "header=/** X-A: b\nX-B: c",
        "header=/** X-A: \u00e9",
      })
  void aRuleThatCannotBeParsedIsRefusedWithItsText(String write) {
    String name = write.substring(0, write.indexOf('='));
    String text = write.substring(write.indexOf('=') + 1);
    var refusal =
        assertThrows(OperatorException.class, () -> Draft.ofDefaults().write(write).snapshot());
    assertTrue(refusal.sentence().startsWith(name + ": '"), refusal.sentence());
    String shown = text.replace("\r", "\\x0d").replace("\n", "\\x0a");
    assertTrue(refusal.sentence().contains("'" + shown + "'"), refusal.sentence());
  }
}
