package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Site;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Pre-compressed variants: which representation of a file is sent, and what its answer says (RFC
/// 9110 §12.5.3, §12.5.5; R4 and R6, B23 – B28 of the complaints about others). The variants here
/// hold words, so that a test sees which one came.
final class VariantTest extends FrontDoor {
  private static final String BROWSER = "gzip, deflate, br, zstd";
  private static final long SEEN_NANOS = 3_000_000_000L;

  @BeforeEngine
  void files() throws Exception {
    site.file("all.css", "original of all")
        .file("all.css.br", "BR")
        .file("all.css.zst", "ZSTD")
        .file("all.css.gz", "GZIP")
        .file("gz.js", "original of gz")
        .file("gz.js.gz", "GZIP")
        .file("brotli.svg", "original of brotli")
        .file("brotli.svg.br", "BR")
        .file("plain.txt", "no variant")
        .file("tiny.js", "1")
        .file("tiny.js.gz", "larger than the original")
        .file("index.html", "home")
        .file("index.html.br", "BR-HOME")
        .file("archive.tar.gz", "an archive")
        .file("orphan.html.gz", "GZIP");
  }

  private Answer get(String path, String... fields) throws Exception {
    return connect(server()).send(Wire.get(path, fields)).read();
  }

  private Answer accepting(String path, String value) throws Exception {
    return get(path, "Accept-Encoding: " + value);
  }

  private static String coding(Answer answer) {
    return answer.field("Content-Encoding").orElse("");
  }

  @ParameterizedTest
  @CsvSource({
    "'gzip, deflate, br, zstd', BR, br",
    "'gzip, zstd', ZSTD, zstd",
    "'gzip', GZIP, gzip",
    "'x-gzip', GZIP, gzip",
    "'*', BR, br",
    "'br;q=0, *', ZSTD, zstd",
    "'gzip;q=1, br;q=0.9', GZIP, gzip",
    "'identity;q=0, gzip;q=0.1', GZIP, gzip",
    "'identity;q=0', original of all, ''",
    "'*;q=0', original of all, ''",
    "'identity, gzip;q=0.5', original of all, ''",
    "'identity', original of all, ''",
    "'', original of all, ''",
    "'gzip;q=0', original of all, ''",
    "'gzip;q=0.0001', original of all, ''",
    "'deflate', original of all, ''",
    "'gzip, br;q=', original of all, ''",
  })
  void theBestAcceptableIsSentAndNever406(String value, String body, String coding)
      throws Exception {
    Answer answer = accepting("/all.css", value);
    assertEquals(200, answer.status());
    assertEquals(body, answer.text());
    assertEquals(coding, coding(answer));
    assertEquals("Accept-Encoding", answer.field("Vary").orElse(""));
    assertEquals("text/css", answer.field("Content-Type").orElse(""));
    assertEquals(body.length() + "", answer.field("Content-Length").orElse(""));
  }

  @Test
  void severalLinesAreOneList() throws Exception {
    Answer answer = get("/all.css", "Accept-Encoding: gzip;q=0.5", "Accept-Encoding: zstd");
    assertEquals("ZSTD", answer.text());
    Answer malformed = get("/all.css", "Accept-Encoding: gzip", "Accept-Encoding: zstd;q=9");
    assertEquals("original of all", malformed.text());
  }

  @Test
  void fiveHundredCodingsAndSixtyKilobytesAreRead() throws Exception {
    assertEquals("BR", accepting("/all.css", "x;q=0.1, ".repeat(500) + "br").text());
    RawClient client = connect(server("head_max=64K"));
    client.send(Wire.get("/all.css", "Accept-Encoding: " + "x,".repeat(32_500) + "gzip"));
    assertEquals("GZIP", client.read().text());
  }

  /// The next acceptable one is tried where the preferred one is missing (B26, B27).
  @ParameterizedTest
  @CsvSource({"/gz.js, GZIP, gzip", "/brotli.svg, BR, br"})
  void whatIsThereIsFound(String path, String body, String coding) throws Exception {
    Answer answer = accepting(path, BROWSER);
    assertEquals(body, answer.text());
    assertEquals(coding, coding(answer));
  }

  @Test
  void ofEqualOnesTheFirstInTheSettingIsSent() throws Exception {
    RawClient client = connect(server("precompressed=-br", "precompressed=br"));
    client.send(Wire.get("/all.css", "Accept-Encoding: " + BROWSER));
    assertEquals("ZSTD", client.read().text());
    client.send(Wire.get("/brotli.svg", "Accept-Encoding: " + BROWSER));
    assertEquals("BR", client.read().text());
    RawClient none =
        connect(server("precompressed=-br", "precompressed=-zstd", "precompressed=-gzip"));
    none.send(Wire.get("/all.css", "Accept-Encoding: " + BROWSER));
    Answer answer = none.read();
    assertEquals("original of all", answer.text());
    assertFalse(answer.has("Vary"));
  }

  @Test
  void aCodingThatIsNotThereLeavesTheOriginalWithVary() throws Exception {
    Answer answer = accepting("/brotli.svg", "gzip");
    assertEquals("original of brotli", answer.text());
    assertEquals("Accept-Encoding", answer.field("Vary").orElse(""));
    assertFalse(answer.has("Content-Encoding"));
  }

  @Test
  void aRequestWithoutTheFieldGetsTheOriginalWithVary() throws Exception {
    Answer answer = get("/all.css");
    assertEquals("original of all", answer.text());
    assertEquals(List.of("Accept-Encoding"), answer.all("Vary"));
  }

  @Test
  void aFileWithoutVariantsDoesNotVary() throws Exception {
    Answer answer = accepting("/plain.txt", BROWSER);
    assertEquals("no variant", answer.text());
    assertFalse(answer.has("Vary"));
    assertFalse(answer.has("Content-Encoding"));
  }

  /// B28: a strong tag belongs to one representation.
  @Test
  void everyRepresentationHasItsOwnTagAndTime() throws Exception {
    site.time("all.css.br", Site.OLD.plusSeconds(60));
    Answer original = get("/all.css");
    Answer gzip = accepting("/all.css", "gzip");
    Answer zstd = accepting("/all.css", "zstd");
    assertNotEquals(original.field("ETag"), gzip.field("ETag"));
    assertNotEquals(gzip.field("ETag"), zstd.field("ETag"));
    site.file("dated.js", "original").file("dated.js.gz", "coded it is");
    site.time("dated.js.gz", Site.OLD.plusSeconds(60));
    assertEquals(
        "Thu, 29 Feb 2024 12:35:56 GMT",
        accepting("/dated.js", "gzip").field("Last-Modified").orElse(""));
    assertEquals(
        "Thu, 29 Feb 2024 12:34:56 GMT", get("/dated.js").field("Last-Modified").orElse(""));
  }

  @Test
  void aConditionIsJudgedAgainstWhatWouldBeSent() throws Exception {
    String gzip = accepting("/all.css", "gzip").field("ETag").orElseThrow();
    String original = get("/all.css").field("ETag").orElseThrow();
    Answer same = get("/all.css", "Accept-Encoding: gzip", "If-None-Match: " + gzip);
    assertEquals(304, same.status());
    assertEquals(gzip, same.field("ETag").orElse(""));
    assertEquals("Accept-Encoding", same.field("Vary").orElse(""));
    assertEquals(200, get("/all.css", "If-None-Match: " + gzip).status());
    Answer coded = get("/all.css", "Accept-Encoding: gzip", "If-None-Match: " + original);
    assertEquals(200, coded.status());
    Answer unmodified = get("/all.css", "If-None-Match: " + original);
    assertEquals(304, unmodified.status());
    assertEquals("Accept-Encoding", unmodified.field("Vary").orElse(""));
  }

  @Test
  void headSaysWhatGetWould() throws Exception {
    RawClient client = connect(server());
    String fields = "Accept-Encoding: br";
    String get = client.send(Wire.get("/all.css", fields)).read().head();
    String head = client.send(Wire.request("HEAD", "/all.css", fields)).readForHead().head();
    assertEquals(get.replaceAll("Date: .*", ""), head.replaceAll("Date: .*", ""));
  }

  /// B23: a variant that is larger than its original is sent whole.
  @Test
  void aLargerVariantIsWhole() throws Exception {
    Answer answer = accepting("/tiny.js", BROWSER);
    assertEquals("larger than the original", answer.text());
    assertEquals("gzip", coding(answer));
  }

  @Test
  void anIndexHasVariants() throws Exception {
    Answer answer = accepting("/", BROWSER);
    assertEquals("BR-HOME", answer.text());
    assertEquals("text/html", answer.field("Content-Type").orElse(""));
    assertEquals("home", get("/").text());
  }

  @Test
  void aVariantByItsOwnNameIsAPlainFile() throws Exception {
    Answer archive = accepting("/archive.tar.gz", BROWSER);
    assertEquals("an archive", archive.text());
    assertEquals("application/gzip", archive.field("Content-Type").orElse(""));
    assertFalse(archive.has("Content-Encoding"));
    assertFalse(archive.has("Vary"));
    assertEquals("GZIP", get("/all.css.gz").text());
  }

  /// B25.
  @Test
  void aVariantWhoseOriginalIsGoneDoesNotExist() throws Exception {
    assertEquals(404, accepting("/orphan.html", BROWSER).status());
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    RawClient client = connect(before(backend));
    client.send(Wire.get("/orphan.html", "Accept-Encoding: gzip"));
    assertEquals("backend", client.read().text());
  }

  @Test
  void anOlderVariantIsNotSentButOneSecondIsForgiven() throws Exception {
    site.file("old.css", "original").file("old.css.gz", "GZIP");
    site.file("slack.css", "original").file("slack.css.gz", "GZIP");
    site.time("old.css", Site.OLD.plusMillis(1001));
    site.time("slack.css", Site.OLD.plusMillis(1000));
    Answer old = accepting("/old.css", "gzip");
    assertEquals("original", old.text());
    assertFalse(old.has("Vary"));
    assertEquals("GZIP", accepting("/slack.css", "gzip").text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-------", "rw-r--r-x", "rwxr-xr-x"})
  void aVariantIsJudgedByItsOwnMode(String mode) throws Exception {
    String name = "mode" + mode.replace('-', '_') + ".css";
    site.file(name, "original").file(name + ".br", "BR").file(name + ".gz", "GZIP");
    site.mode(name + ".br", mode);
    Answer answer = accepting("/" + name, BROWSER);
    assertEquals("GZIP", answer.text());
  }

  @Test
  void aVariantThatIsNoFileOrLeadsOutsideIsPassedOver() throws Exception {
    Path secret = Files.writeString(site.outside().resolve("secret"), "secret");
    site.file("odd.css", "original").directory("odd.css.br").link("odd.css.zst", secret);
    site.file("odd.css.gz", "");
    Answer answer = accepting("/odd.css", BROWSER);
    assertEquals("original", answer.text());
    assertFalse(answer.has("Vary"));
    site.file("linked.css", "original").link("linked.css.br", Path.of("all.css.br"));
    assertEquals("BR", accepting("/linked.css", BROWSER).text());
    site.file("config.php", "<?php").link("linked.css.gz", Path.of("config.php"));
    Answer source = accepting("/linked.css", "gzip");
    assertEquals("original", source.text());
  }

  @Test
  void largeOnesGoByTheirDescriptors() throws Exception {
    byte[] original = new byte[300_000];
    byte[] coded = new byte[200_000];
    java.util.Arrays.fill(coded, (byte) 'c');
    site.file("large.json", original).file("large.json.zst", coded);
    Answer answer = accepting("/large.json", BROWSER);
    assertEquals("zstd", coding(answer));
    assertEquals(Wire.text(coded), answer.text());
    assertEquals(Wire.text(original), get("/large.json").text());
  }

  @Test
  void onePipelineMayMixRepresentations() throws Exception {
    RawClient client = connect(server());
    client.send(
        Wire.get("/all.css", "Accept-Encoding: gzip")
            + Wire.get("/all.css")
            + Wire.get("/all.css", "Accept-Encoding: br")
            + Wire.get("/plain.txt", "Accept-Encoding: br"));
    assertEquals("GZIP", client.read().text());
    assertEquals("original of all", client.read().text());
    assertEquals("BR", client.read().text());
    assertEquals("no variant", client.read().text());
  }

  private static void until(RawClient client, String path, String body, boolean varies)
      throws Exception {
    long end = System.nanoTime() + SEEN_NANOS;
    Answer last;
    do {
      last = client.send(Wire.get(path, "Accept-Encoding: " + BROWSER)).read();
      if (last.text().equals(body) && last.has("Vary") == varies) {
        return;
      }
      Thread.onSpinWait();
    } while (System.nanoTime() < end);
    throw new AssertionError(body + " is not seen, last was " + last);
  }

  @Test
  void whatIsAddedChangedOrRemovedIsSeenWithinASecond() throws Exception {
    for (String name : List.of("added", "better", "changed", "removed", "outdated")) {
      site.file(name + ".css", "original");
    }
    for (String name : List.of("better", "changed", "removed", "outdated")) {
      site.file(name + ".css.gz", "GZIP");
    }
    RawClient client = connect(server());
    until(client, "/added.css", "original", false);
    until(client, "/better.css", "GZIP", true);
    until(client, "/changed.css", "GZIP", true);
    until(client, "/removed.css", "GZIP", true);
    until(client, "/outdated.css", "GZIP", true);
    site.file("added.css.gz", "GZIP");
    site.file("better.css.br", "BR");
    site.replace("changed.css.gz", "another");
    Files.delete(site.root().resolve("removed.css.gz"));
    site.time("outdated.css", Instant.now());
    until(client, "/added.css", "GZIP", true);
    until(client, "/better.css", "BR", true);
    until(client, "/changed.css", "another", true);
    until(client, "/removed.css", "original", false);
    until(client, "/outdated.css", "original", false);
  }

  @Test
  void aBackendChangesNothing() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    RawClient client = connect(before(backend));
    client.send(Wire.get("/all.css", "Accept-Encoding: br"));
    Answer answer = client.read();
    assertEquals("BR", answer.text());
    assertEquals("text/css", answer.field("Content-Type").orElse(""));
  }

  /// `.br` has no media type of its own and `class` is active: neither concerns the variant.
  @Test
  void theSuffixHidesNoRuleAndMakesNone() throws Exception {
    site.file("jquery.class.js", "original").file("jquery.class.js.br", "BR");
    assertEquals("BR", accepting("/jquery.class.js", BROWSER).text());
    site.file("dump.sql", "secret").file("dump.sql.gz", "SECRET");
    assertEquals(404, accepting("/dump.sql", BROWSER).status());
  }
}
