package net.khttpd.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpDateTest {
  private static final long NOW = Instant.parse("2026-11-22T22:00:00Z").getEpochSecond();
  private static final DateTimeFormatter REFERENCE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /// khttpd-2.4 P16 and peers F13: the calendar neither begins in 1997 nor ends in 2006.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -62167219200 | Sat, 01 Jan 0000 00:00:00 GMT
          -62167219201 | Sat, 01 Jan 0000 00:00:00 GMT
          -9223372036854775808 | Sat, 01 Jan 0000 00:00:00 GMT
          -31536000    | Wed, 01 Jan 1969 00:00:00 GMT
          -1           | Wed, 31 Dec 1969 23:59:59 GMT
          0            | Thu, 01 Jan 1970 00:00:00 GMT
          1            | Thu, 01 Jan 1970 00:00:01 GMT
          784111777    | Sun, 06 Nov 1994 08:49:37 GMT
          825552000    | Thu, 29 Feb 1996 00:00:00 GMT
          951782400    | Tue, 29 Feb 2000 00:00:00 GMT
          1167609600   | Mon, 01 Jan 2007 00:00:00 GMT
          2147483647   | Tue, 19 Jan 2038 03:14:07 GMT
          2147483648   | Tue, 19 Jan 2038 03:14:08 GMT
          4102444800   | Fri, 01 Jan 2100 00:00:00 GMT
          4107542400   | Mon, 01 Mar 2100 00:00:00 GMT
          4294967296   | Sun, 07 Feb 2106 06:28:16 GMT
          253402300799 | Fri, 31 Dec 9999 23:59:59 GMT
          253402300800 | Fri, 31 Dec 9999 23:59:59 GMT
          9223372036854775807 | Fri, 31 Dec 9999 23:59:59 GMT
          """)
  void aTimeIsWrittenAsFixdate(long second, String expected) {
    assertEquals(expected, format(second));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Sun, 06 Nov 1994 08:49:37 GMT  | 784111777
          Sunday, 06-Nov-94 08:49:37 GMT | 784111777
          Sun Nov  6 08:49:37 1994       | 784111777
          Sun Nov 06 08:49:37 1994       | 784111777
          Sat Dec 31 23:59:59 2016       | 1483228799
          Sat, 31 Dec 2016 23:59:60 GMT  | 1483228800
          Thu, 29 Feb 1996 00:00:00 GMT  | 825552000
          Wed, 31 Dec 1969 23:59:59 GMT  | -1
          Mon, 06 Nov 1994 08:49:37 GMT  | 784111777
          Sat, 01 Jan 0000 00:00:00 GMT  | -62167219200
          Fri, 31 Dec 9999 23:59:59 GMT  | 253402300799
          Wednesday, 09-Nov-94 00:00:00 GMT | 784339200
          """)
  void allThreeFormatsAreRead(String text, long expected) {
    assertEquals(expected, parse(text, NOW));
  }

  /// At most 50 years ahead; else the last past year with these digits.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          2026-11-22T22:00:00Z | Sunday, 22-Nov-76 22:00:00 GMT | 2076-11-22T22:00:00Z
          2026-11-22T22:00:00Z | Sunday, 22-Nov-76 22:00:01 GMT | 1976-11-22T22:00:01Z
          2026-11-22T22:00:00Z | Sunday, 01-Jan-77 00:00:00 GMT | 1977-01-01T00:00:00Z
          2026-11-22T22:00:00Z | Sunday, 01-Jan-76 00:00:00 GMT | 2076-01-01T00:00:00Z
          2026-11-22T22:00:00Z | Sunday, 01-Jan-00 00:00:00 GMT | 2000-01-01T00:00:00Z
          2099-12-31T00:00:00Z | Sunday, 01-Jan-00 00:00:00 GMT | 2100-01-01T00:00:00Z
          2049-01-01T00:00:00Z | Sunday, 01-Jan-99 00:00:00 GMT | 2099-01-01T00:00:00Z
          2048-02-29T00:00:00Z | Sunday, 01-Mar-98 00:00:00 GMT | 2098-03-01T00:00:00Z
          """)
  void twoDigitsOfAYearLieWithinFiftyYears(String now, String text, String expected) {
    assertEquals(
        Instant.parse(expected),
        Instant.ofEpochSecond(parse(text, Instant.parse(now).getEpochSecond())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "-1",
        "GMT",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 gmt",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        " Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT; length=12",
        "sun, 06 Nov 1994 08:49:37 GMT",
        "Son, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 06 Okt 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun,  6 Nov 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 29 Feb 1995 08:49:37 GMT",
        "Sun, 29 Feb 2100 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 08-49-37 GMT",
        "Sun, 06-Nov-1994 08:49:37 GMT",
        "Sun, +6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov -994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:3x GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sunday, 06-Nov-xx 08:49:37 GMT",
        "Sunday, 31-Feb-94 08:49:37 GMT",
        "Sun, 06-Nov-94 08:49:37 GMT",
        "Someday, 06-Nov-94 08:49:37 GMT",
        "Sunday, 06 Nov 94 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994",
        "Sun Nov  6 08:49:37 94",
        "Sun Nov  0 08:49:37 1994",
        "Sun Nov  6 08:49:37 1994 GMT",
        "Sun_Nov  6 08:49:37 1994",
        "1994-11-06T08:49:37Z",
      })
  void anythingElseIsInvalid(String text) {
    assertEquals(HttpDate.INVALID, parse(text, NOW));
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    Random random = new Random(16);
    for (int i = 0; i < 200_000; i++) {
      long second = random.nextLong(HttpDate.FIRST, HttpDate.LAST + 1);
      String text = format(second);
      assertEquals(REFERENCE.format(Instant.ofEpochSecond(second)).length(), text.length());
      assertEquals(second, parse(text, NOW));
    }
  }

  @Test
  void everyDayOfTwoEraAgreesWithTheJdk() {
    for (long day = -719_528; day < 2_932_897; day += 97) {
      long second = day * 86_400 + Math.floorMod(day * 7919, 86_400L);
      ZonedDateTime date = Instant.ofEpochSecond(second).atZone(ZoneOffset.UTC);
      if (date.getYear() > 0) {
        assertEquals(REFERENCE.format(date), format(second));
      }
    }
  }

  @Test
  void randomBytesAreNeverReadBeyondTheirEnd() {
    Random random = new Random(17);
    byte[] seed = "Sunday, 06-Nov-94 08:49:37 GMT".getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      System.arraycopy(seed, 0, bytes, 0, random.nextInt(Math.min(seed.length, bytes.length) + 1));
      HttpDate.parse(MemorySegment.ofArray(bytes), 0, bytes.length, NOW);
    }
  }

  @Test
  void neitherZoneNorLocaleOfTheMachineLeaksIn() {
    TimeZone zone = TimeZone.getDefault();
    Locale locale = Locale.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
      Locale.setDefault(Locale.forLanguageTag("ar-EG"));
      assertEquals("Sun, 06 Nov 1994 08:49:37 GMT", format(784111777));
      assertEquals(784111777, parse("Sunday, 06-Nov-94 08:49:37 GMT", NOW));
    } finally {
      TimeZone.setDefault(zone);
      Locale.setDefault(locale);
    }
  }

  private static String format(long second) {
    return new String(HttpDate.format(second), StandardCharsets.US_ASCII);
  }

  private static long parse(String text, long now) {
    byte[] bytes = ("x" + text).getBytes(StandardCharsets.US_ASCII);
    return HttpDate.parse(MemorySegment.ofArray(bytes), 1, bytes.length - 1, now);
  }
}
