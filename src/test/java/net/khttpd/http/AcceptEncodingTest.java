package net.khttpd.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AcceptEncodingTest {
  private static final ContentCoding[] ORDER = ContentCoding.values();

  private final AcceptEncoding accepted = new AcceptEncoding();

  private long meaning(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
    return accepted.meaningOf(MemorySegment.ofArray(bytes), 0, bytes.length);
  }

  /// The codings in the order in which they are tried.
  private String tried(long meaning) {
    List<String> tried = new ArrayList<>();
    int candidates = 7;
    ContentCoding best = AcceptEncoding.best(meaning, candidates, ORDER);
    while (best != null) {
      tried.add(best.token());
      candidates &= ~best.bit();
      best = AcceptEncoding.best(meaning, candidates, ORDER);
    }
    return String.join(" ", tried);
  }

  @ParameterizedTest
  @CsvSource({
    "'gzip, deflate, br, zstd', br zstd gzip",
    "'gzip, deflate', gzip",
    "'', ''",
    "'identity', ''",
    "'deflate, compress', ''",
    "'gzip;q=0', ''",
    "'gzip;q=0.000', ''",
    "'br;q=0.5, gzip', gzip br",
    "'gzip;q=1.0, zstd;q=0.9 ,br;q=0.8', gzip zstd br",
    "'GZIP', gzip",
    "'x-gzip', gzip",
    "'X-GZip;Q=0.5, br;q=0.4', gzip br",
    "'*', br zstd gzip",
    "'*;q=0', ''",
    "'gzip, *;q=0', gzip",
    "'br;q=0, *', zstd gzip",
    "'br;q=0.1, *;q=0.7', zstd gzip br",
    "'identity;q=0, gzip', gzip",
    "'identity;q=0', ''",
    "'identity, gzip', gzip",
    "'identity;q=0.5, gzip;q=0.5', gzip",
    "'identity;q=0.5, gzip;q=0.4, br;q=0.6', br",
    "'gzip;q=0.001', gzip",
    "'gzip, gzip;q=0', ''",
    "'gzip;q=0, gzip', ''",
    "',, gzip ,\t, br,', br gzip",
    "'gzip ; q=0.3 , br ; q=0.2', gzip br",
  })
  void theWeightsDecideAndThenOurOrder(String value, String expected) {
    assertEquals(expected, tried(meaning(value)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gzip;q=0.0001",
        "gzip;q=1.001",
        "gzip;q=2",
        "gzip;q=-1",
        "gzip;q=.5",
        "gzip;q=",
        "gzip;q",
        "gzip;",
        "gzip;level=9",
        "gzip;q=1;q=1",
        "gzip;q=0,5",
        "gzip;q=0x1",
        "gzip;q=0. 5",
        "gz ip",
        "gzip br",
        "\"gzip\"",
        ";q=1",
        "gzip, br;q=x",
        "gzip=1",
      })
  void whatIsMalformedAnywhereCountsAsAbsent(String value) {
    assertEquals(AcceptEncoding.NONE, meaning(value));
  }

  @Test
  void aTrailingPointIsAllowed() {
    assertEquals("gzip", tried(meaning("gzip;q=1.")));
    assertEquals("", tried(meaning("gzip;q=0.")));
  }

  @Test
  void onlyCandidatesAreChosenAndTheOrderIsTheOperators() {
    long all = meaning("gzip, br, zstd");
    ContentCoding[] reverse = {ContentCoding.GZIP, ContentCoding.ZSTD, ContentCoding.BR};
    assertEquals(ContentCoding.GZIP, AcceptEncoding.best(all, 7, reverse));
    assertEquals(ContentCoding.ZSTD, AcceptEncoding.best(all, ContentCoding.ZSTD.bit(), ORDER));
    assertEquals(null, AcceptEncoding.best(all, 0, ORDER));
  }

  /// Five hundred codings, and 64 KB of them: the time grows with the length, not with its square.
  @Test
  void aLongFieldTakesTimeInProportionToItsLength() {
    String many = "x-coding;q=0.5, ".repeat(500) + "gzip";
    assertEquals("gzip", tried(meaning(many)));
    String short4k = "a,".repeat(2_000) + "br";
    String long64k = "a,".repeat(32_000) + "br";
    for (int i = 0; i < 50; i++) {
      meaning(short4k);
      meaning(long64k);
    }
    long one = nanosOf(short4k);
    long sixteen = nanosOf(long64k);
    assertTrue(sixteen < 100 * one + 1_000_000, one + " ns, sixteen times as long " + sixteen);
  }

  private long nanosOf(String value) {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      long begun = System.nanoTime();
      assertEquals("br", tried(meaning(value)));
      best = Math.min(best, System.nanoTime() - begun);
    }
    return best;
  }
}
