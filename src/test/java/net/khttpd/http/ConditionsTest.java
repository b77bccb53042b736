package net.khttpd.http;

import static net.khttpd.http.Conditions.Outcome.FAILED;
import static net.khttpd.http.Conditions.Outcome.NOT_MODIFIED;
import static net.khttpd.http.Conditions.Outcome.PROCEED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionsTest {
  /// Sun, 06 Nov 1994 08:49:37 GMT.
  private static final long MODIFIED = 784111777;

  private static final String SAME = "Sun, 06 Nov 1994 08:49:37 GMT";
  private static final long NOW = MODIFIED + 100;
  private static final byte[] TAG = "\"1\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] WEAK = "W/\"1\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NO_TAG = {};

  private final RequestParser parser = new RequestParser(8192, 8192, 100);
  private final StringBuilder fields = new StringBuilder();

  /// khttpd-2.4 P15: the second before, the same, the second after; all three formats.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Sun, 06 Nov 1994 08:49:36 GMT  | PROCEED      | FAILED
          Sun, 06 Nov 1994 08:49:37 GMT  | NOT_MODIFIED | PROCEED
          Sun, 06 Nov 1994 08:49:38 GMT  | NOT_MODIFIED | PROCEED
          Sunday, 06-Nov-94 08:49:36 GMT | PROCEED      | FAILED
          Sunday, 06-Nov-94 08:49:37 GMT | NOT_MODIFIED | PROCEED
          Sun Nov  6 08:49:36 1994       | PROCEED      | FAILED
          Sun Nov  6 08:49:37 1994       | NOT_MODIFIED | PROCEED
          Sat, 05 Nov 1994 08:49:37 GMT  | PROCEED      | FAILED
          Sun, 06 Nov 1994 08:51:17 GMT  | NOT_MODIFIED | PROCEED
          Sun, 06 Nov 1994 08:51:18 GMT  | PROCEED      | PROCEED
          Fri, 31 Dec 9999 23:59:59 GMT  | PROCEED      | PROCEED
          yesterday                      | PROCEED      | PROCEED
          """)
  void datesAreComparedToTheSecond(String date, String since, String unmodified) {
    field("If-Modified-Since", date);
    assertEquals(Conditions.Outcome.valueOf(since), judge());
    fields.setLength(0);
    field("If-Unmodified-Since", date);
    assertEquals(Conditions.Outcome.valueOf(unmodified), judge());
  }

  @Test
  void withoutConditionsTheAnswerIsWhole() {
    assertEquals(PROCEED, judge());
    assertFalse(Conditions.any(parser.head()));
  }

  @Test
  void aMatchingTagIsNotModifiedWhateverTheDate() {
    field("If-None-Match", "\"0\", W/\"1\"");
    field("If-Modified-Since", "Sat, 05 Nov 1994 08:49:37 GMT");
    assertEquals(NOT_MODIFIED, judge());
    assertTrue(Conditions.any(parser.head()));
  }

  @Test
  void aTagThatDoesNotMatchProceedsWhateverTheDate() {
    field("If-None-Match", "\"0\"");
    field("If-Modified-Since", SAME);
    assertEquals(PROCEED, judge());
  }

  @Test
  void aMalformedListStillHidesTheDate() {
    field("If-None-Match", "1");
    field("If-Modified-Since", SAME);
    assertEquals(PROCEED, judge());
  }

  @Test
  void severalLinesOfTagsAreOneList() {
    for (int i = 2; i < 9; i++) {
      field("If-None-Match", "\"" + i + "\"");
    }
    assertEquals(PROCEED, judge());
    field("If-None-Match", "\"1\"");
    field("If-None-Match", "\"9\"");
    assertEquals(NOT_MODIFIED, judge());
  }

  @Test
  void aRepeatedDateIsIgnored() {
    field("If-Modified-Since", SAME);
    field("If-Modified-Since", SAME);
    field("If-Unmodified-Since", "Sat, 05 Nov 1994 08:49:37 GMT");
    field("If-Unmodified-Since", "Sat, 05 Nov 1994 08:49:37 GMT");
    assertEquals(PROCEED, judge());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "1"        | PROCEED
          *          | PROCEED
          "0", "1"   | PROCEED
          W/"1"      | FAILED
          "0"        | FAILED
          1          | FAILED
          "1", bad   | FAILED
          ``         | FAILED
          """)
  void ifMatchComparesStrongly(String value, Conditions.Outcome outcome) {
    field("If-Match", value);
    assertEquals(outcome, judge());
    assertEquals(
        value.equals("*") ? PROCEED : FAILED,
        Conditions.judge(parser.head(), WEAK, MODIFIED, NOW),
        "a weak tag matches nothing");
  }

  @Test
  void ifMatchHidesIfUnmodifiedSinceAndComesBeforeIfNoneMatch() {
    field("If-Unmodified-Since", "Sat, 05 Nov 1994 08:49:37 GMT");
    field("If-Match", "\"1\"");
    assertEquals(PROCEED, judge());
    field("If-None-Match", "\"1\"");
    assertEquals(NOT_MODIFIED, judge());
    fields.setLength(0);
    field("If-None-Match", "\"1\"");
    field("If-Match", "\"0\"");
    assertEquals(FAILED, judge());
  }

  @Test
  void ifUnmodifiedSinceComesBeforeTheOthers() {
    field("If-None-Match", "\"1\"");
    field("If-Modified-Since", SAME);
    field("If-Unmodified-Since", "Sat, 05 Nov 1994 08:49:37 GMT");
    assertEquals(FAILED, judge());
  }

  @Test
  void aFileWithoutATagIsMatchedByAStarOnly() {
    field("If-None-Match", "\"\"");
    judge();
    assertEquals(PROCEED, Conditions.judge(parser.head(), NO_TAG, MODIFIED, NOW));
    field("If-None-Match", "*");
    judge();
    assertEquals(NOT_MODIFIED, Conditions.judge(parser.head(), NO_TAG, MODIFIED, NOW));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "1"                            | true  | false
          W/"1"                          | false | false
          "0"                            | false | false
          "1", "0"                       | false | false
          *                              | false | false
          1                              | false | false
          Sun, 06 Nov 1994 08:49:37 GMT  | true  | true
          Sunday, 06-Nov-94 08:49:37 GMT | true  | true
          Sun Nov  6 08:49:37 1994       | true  | true
          Sun, 06 Nov 1994 08:49:36 GMT  | false | false
          Sun, 06 Nov 1994 08:49:38 GMT  | false | false
          ``                             | false | false
          """)
  void ifRangeTakesOneStrongTagOrTheVeryDate(String value, boolean applies, boolean ofAWeakTag) {
    field("If-Range", value);
    judge();
    assertEquals(
        applies, Conditions.rangeMayApply(parser.head(), TAG, MODIFIED, true, NOW), "strong");
    assertEquals(
        ofAWeakTag, Conditions.rangeMayApply(parser.head(), WEAK, MODIFIED, true, NOW), "weak");
    boolean ofATag = applies && value.startsWith("\"");
    assertEquals(
        ofATag, Conditions.rangeMayApply(parser.head(), TAG, MODIFIED, false, NOW), "too young");
  }

  @Test
  void ifRangeTwiceMeansTheWholeFile() {
    assertEquals(PROCEED, judge());
    assertTrue(Conditions.rangeMayApply(parser.head(), TAG, MODIFIED, true, NOW));
    field("If-Range", "\"1\"");
    field("If-Range", "\"1\"");
    judge();
    assertFalse(Conditions.rangeMayApply(parser.head(), TAG, MODIFIED, true, NOW));
  }

  private void field(String name, String value) {
    fields.append(name).append(": ").append(value).append("\r\n");
  }

  private Conditions.Outcome judge() {
    byte[] head = Feed.octets("GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n");
    parser.reset();
    assertEquals(head.length, Feed.request(parser, head, head.length, 0));
    return Conditions.judge(parser.head(), TAG, MODIFIED, NOW);
  }
}
