package net.khttpd.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntityTagsTest {
  /// The first four rows are the table of RFC 9110 §8.8.3.2.
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          W/"1"             ; W/"1"   ; false ; true
          W/"1"             ; W/"2"   ; false ; false
          W/"1"             ; "1"     ; false ; true
          "1"               ; "1"     ; true  ; true
          "1"               ; W/"1"   ; false ; true
          *                 ; "1"     ; true  ; true
          *                 ; W/"1"   ; true  ; true
          ` * `             ; "1"     ; true  ; true
          *, "1"            ; "1"     ; false ; false
          "1", *            ; "1"     ; false ; false
          **                ; "1"     ; false ; false
          "a", "1"          ; "1"     ; true  ; true
          "a","1","b"       ; "1"     ; true  ; true
          "a" ,W/"1"        ; "1"     ; false ; true
          , ,"1",,          ; "1"     ; true  ; true
          `\t"1"\t`         ; "1"     ; true  ; true
          "a,1"             ; "1"     ; false ; false
          "a,"1","          ; "1"     ; false ; false
          "x,y", "1"        ; "1"     ; true  ; true
          "x,y"             ; "x,y"   ; true  ; true
          "x, y"            ; "x, y"  ; false ; false
          ""                ; ""      ; true  ; true
          ""                ; "1"     ; false ; false
          W/""              ; ""      ; false ; true
          1                 ; "1"     ; false ; false
          '1'               ; "1"     ; false ; false
          "1                ; "1"     ; false ; false
          1"                ; "1"     ; false ; false
          "1" x             ; "1"     ; false ; false
          "1" "2"           ; "1"     ; false ; false
          "1", "2           ; "1"     ; false ; false
          "1", 2            ; "1"     ; false ; false
          "1", W/           ; "1"     ; false ; false
          w/"1"             ; "1"     ; false ; false
          W "1"             ; "1"     ; false ; false
          W/ "1"            ; "1"     ; false ; false
          W                 ; "1"     ; false ; false
          "A"               ; "a"     ; false ; false
          "1\\"             ; "1\\"   ; true  ; true
          "11"              ; "1"     ; false ; false
          "1-gz"            ; "1"     ; false ; false
          ``                ; "1"     ; false ; false
          ,                 ; "1"     ; false ; false
          """)
  void aListMatchesByStrongAndByWeakComparison(
      String list, String tag, boolean strong, boolean weak) {
    assertEquals(strong, matches(list, tag, false), "strong");
    assertEquals(weak, matches(list, tag, true), "weak");
  }

  @Test
  void aTagHoldsSizeTimeAndCoding() {
    assertEquals("\"400-3b9aca07\"", tag(1024, 1, 7, "", false));
    assertEquals("W/\"400-3b9aca07\"", tag(1024, 1, 7, "", true));
    assertEquals("\"0-0-gz\"", tag(0, 0, 0, "gz", false));
    assertEquals("\"0-ffffffffffffffff\"", tag(0, -1, 999_999_999, "", false));
  }

  @Test
  void tagsDifferWhereSizeTimeOrCodingDiffer() {
    assertNotEquals(tag(1, 5, 0, "", false), tag(2, 5, 0, "", false));
    assertNotEquals(tag(1, 5, 0, "", false), tag(1, 5, 1, "", false));
    assertNotEquals(tag(1, 5, 0, "", false), tag(1, 5, 0, "br", false));
    assertNotEquals(tag(1, 253_402_300_800L, 0, "", false), tag(1, 253_402_300_801L, 0, "", false));
  }

  @Test
  void aCodingThatWouldLeaveTheQuotesIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> tag(1, 1, 1, "g\"z", false));
    assertThrows(IllegalArgumentException.class, () -> tag(1, 1, 1, "é", false));
  }

  @Test
  void ourOwnTagIsFoundInAnyListAndNeverInOneCutShort() {
    Random random = new Random(13);
    for (int i = 0; i < 50_000; i++) {
      String ours = tag(random.nextLong(), random.nextLong(1L << 33), i, "", random.nextBoolean());
      StringBuilder list = new StringBuilder();
      int place = random.nextInt(5);
      for (int n = 0; n < 5; n++) {
        list.append(n == 0 ? "" : ",").append(" ".repeat(random.nextInt(2)));
        list.append(n == place ? ours : tag(random.nextLong(), n, n, "gz", random.nextBoolean()));
      }
      assertEquals(true, matches(list.toString(), ours, true), list::toString);
      assertEquals(!ours.startsWith("W"), matches(list.toString(), ours, false), list::toString);
      String cut = list.substring(0, list.length() - 1);
      assertEquals(false, matches(cut, ours, true), cut);
    }
  }

  private static String tag(long size, long second, int nano, String coding, boolean weak) {
    return new String(EntityTag.of(size, second, nano, coding, weak), StandardCharsets.US_ASCII);
  }

  /// Between quotes and stars, none of which may be taken for the list's.
  private static boolean matches(String list, String tag, boolean weak) {
    byte[] around = ("*\"" + list + "\"*").getBytes(StandardCharsets.UTF_8);
    MemorySegment head = MemorySegment.ofArray(around);
    return EntityTags.matches(
        head, 2, around.length - 4, tag.getBytes(StandardCharsets.UTF_8), weak);
  }
}
