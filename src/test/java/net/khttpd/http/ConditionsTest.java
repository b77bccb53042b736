package net.khttpd.http;

import static net.khttpd.http.Conditions.Outcome.NOT_MODIFIED;
import static net.khttpd.http.Conditions.Outcome.PROCEED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionsTest {
  /// Sun, 06 Nov 1994 08:49:37 GMT.
  private static final long MODIFIED = 784111777;

  private static final long NOW = MODIFIED + 100;
  private static final byte[] TAG = "\"1\"".getBytes(StandardCharsets.US_ASCII);

  private final Conditions conditions = new Conditions();
  private final StringBuilder head = new StringBuilder();

  /// khttpd-2.4 P15: the second before, the same, the second after; all three formats.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Sun, 06 Nov 1994 08:49:36 GMT  | PROCEED
          Sun, 06 Nov 1994 08:49:37 GMT  | NOT_MODIFIED
          Sun, 06 Nov 1994 08:49:38 GMT  | NOT_MODIFIED
          Sunday, 06-Nov-94 08:49:36 GMT | PROCEED
          Sunday, 06-Nov-94 08:49:37 GMT | NOT_MODIFIED
          Sun Nov  6 08:49:36 1994       | PROCEED
          Sun Nov  6 08:49:37 1994       | NOT_MODIFIED
          Sat, 05 Nov 1994 08:49:37 GMT  | PROCEED
          Sun, 06 Nov 1994 08:51:17 GMT  | NOT_MODIFIED
          Sun, 06 Nov 1994 08:51:18 GMT  | PROCEED
          Fri, 31 Dec 9999 23:59:59 GMT  | PROCEED
          yesterday                      | PROCEED
          """)
  void ifModifiedSinceComparesToTheSecondAndIgnoresTheFuture(String date, String expected) {
    since(date);
    assertEquals(Conditions.Outcome.valueOf(expected), judge());
  }

  @Test
  void withoutConditionsTheAnswerIsWhole() {
    conditions.clear(MemorySegment.NULL);
    assertFalse(conditions.any());
    assertEquals(PROCEED, conditions.against(TAG, MODIFIED, NOW));
  }

  @Test
  void aMatchingTagIsNotModifiedWhateverTheDate() {
    tags("\"0\", W/\"1\"");
    since("Sat, 05 Nov 1994 08:49:37 GMT");
    assertTrue(judgedAny());
    assertEquals(NOT_MODIFIED, judge());
  }

  @Test
  void aTagThatDoesNotMatchProceedsWhateverTheDate() {
    tags("\"0\"");
    since("Sun, 06 Nov 1994 08:49:37 GMT");
    assertEquals(PROCEED, judge());
  }

  @Test
  void aMalformedListStillHidesTheDate() {
    tags("1");
    since("Sun, 06 Nov 1994 08:49:37 GMT");
    assertEquals(PROCEED, judge());
  }

  @Test
  void severalLinesOfTagsAreOneListUpToABound() {
    tags("\"0\"");
    tags("\"2\"");
    tags("\"1\"");
    assertEquals(NOT_MODIFIED, judge());
    tags("\"3\"");
    assertEquals(NOT_MODIFIED, judge());
    tags("\"4\"");
    assertEquals(PROCEED, judge());
  }

  @Test
  void aRepeatedDateIsIgnored() {
    since("Sun, 06 Nov 1994 08:49:37 GMT");
    since("Sun, 06 Nov 1994 08:49:37 GMT");
    assertEquals(PROCEED, judge());
  }

  @Test
  void clearForgetsTheLastRequest() {
    tags("*");
    assertEquals(NOT_MODIFIED, judge());
    conditions.clear(MemorySegment.NULL);
    assertEquals(PROCEED, conditions.against(TAG, MODIFIED, NOW));
  }

  private void tags(String value) {
    head.append("N").append(value).append('\n');
  }

  private void since(String value) {
    head.append("M").append(value).append('\n');
  }

  private boolean judgedAny() {
    judge();
    return conditions.any();
  }

  private Conditions.Outcome judge() {
    byte[] bytes = head.toString().getBytes(StandardCharsets.US_ASCII);
    conditions.clear(MemorySegment.ofArray(bytes));
    int start = 0;
    for (String line : head.toString().split("\n")) {
      if (line.startsWith("N")) {
        conditions.ifNoneMatch(start + 1, line.length() - 1);
      } else {
        conditions.ifModifiedSince(start + 1, line.length() - 1);
      }
      start += line.length() + 1;
    }
    return conditions.against(TAG, MODIFIED, NOW);
  }
}
