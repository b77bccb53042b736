package net.khttpd.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestPathTest {
  private static final int MAX = 200;
  private static final long SEED = 0x1234_5678_9abc_def1L;

  private final RequestPath path = newPath(SEED);

  /// peers F1 to F7 and F9, khttpd-2.4 P5 to P7: what each spelling becomes and what is told of it.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          / | / | DIRECTORY
          /index.html | /index.html | -
          /a/b/c/d/e/f/g/index.html | /a/b/c/d/e/f/g/index.html | -
          /dir/ | /dir/ | DIRECTORY
          /12345678 | /12345678 | -
          /1234567 | /1234567 | -
          /123456/ | /123456/ | DIRECTORY
          /1234567/ | /1234567/ | DIRECTORY
          /a%20b | '/a b' | -
          /%61%62c | /abc | -
          /a%2Bb+c | /a+b+c | -
          /caf%C3%A9 | /café | -
          /%e2%82%ac | /€ | -
          /../etc/passwd | /etc/passwd | CLIMBS,DOT_DOT
          /%2e%2e/ | / | CLIMBS,DIRECTORY,DOT_DOT
          /.%2e/ | / | CLIMBS,DIRECTORY,DOT_DOT
          /%252e%252e/ | /%2e%2e/ | DIRECTORY
          /a/..;/ | /a/..;/ | DIRECTORY,DOT_SEGMENT
          /..%2f..%2fx | /x | CLIMBS,DOT_DOT,ENCODED_SLASH
          /..%5c | /..\\ | DOT_SEGMENT,ENCODED_SLASH
          /....// | /..../ | DIRECTORY,DOT_SEGMENT,EMPTY_SEGMENT
          /a..b | /a..b | -
          /a/../b | /b | DOT_DOT
          /a/b/.. | /a/ | DIRECTORY,DOT_DOT
          /a/b/. | /a/b/ | DIRECTORY
          /a/./b | /a/b | -
          /./ | / | DIRECTORY
          /.. | / | CLIMBS,DIRECTORY,DOT_DOT
          /a/../../b | /b | CLIMBS,DOT_DOT
          /a//../b | /b | DOT_DOT,EMPTY_SEGMENT
          /dir%2ffile | /dir/file | ENCODED_SLASH
          /bar%2F..%2Findex.html | /index.html | DOT_DOT,ENCODED_SLASH
          /private%5csecret | /private\\secret | ENCODED_SLASH
          /private\\secret | /private\\secret | BACKSLASH
          /file::$DATA | /file::$DATA | -
          /C:/x | /C:/x | -
          /PROGRA~1 | /PROGRA~1 | -
          /%0a | '/\n' | CONTROL
          /a%0d%0ab | '/a\r\nb' | CONTROL
          /a%7fb | '/a\u007fb' | CONTROL
          /a%1bb | '/a\u001bb' | CONTROL
          /*? | /*? | RAW_SPECIAL
          /%2a%3f | /*? | -
          /[a] | /[a] | -
          /{a,b} | /{a,b} | RAW_SPECIAL
          /a#b | /a#b | RAW_SPECIAL
          /a%23b | /a#b | -
          //evil.com/.. | / | DIRECTORY,DOT_DOT,EMPTY_SEGMENT
          //evil.com/x | /evil.com/x | EMPTY_SEGMENT
          // | / | DIRECTORY,EMPTY_SEGMENT
          /a// | /a/ | DIRECTORY,EMPTY_SEGMENT
          /file/ | /file/ | DIRECTORY
          /file. | /file. | -
          /file%20 | '/file ' | -
          /page.php%3fx.html | /page.php?x.html | -
          /page.php;.css | /page.php;.css | -
          /.git/config | /.git/config | DOT_SEGMENT
          /.env | /.env | DOT_SEGMENT
          /%2eenv | /.env | DOT_SEGMENT
          /.secret/x | /.secret/x | DOT_SEGMENT
          /.git/../x | /x | DOT_DOT,DOT_SEGMENT
          /.well-known/acme | /.well-known/acme | -
          /.Well-Known/acme | /.Well-Known/acme | DOT_SEGMENT
          /.well-known2 | /.well-known2 | DOT_SEGMENT
          /a/.well-known/x | /a/.well-known/x | -
          /.../x | /.../x | DOT_SEGMENT
          /1234567/.x | /1234567/.x | DOT_SEGMENT
          /123456/.x | /123456/.x | DOT_SEGMENT
          /1234567//x | /1234567/x | EMPTY_SEGMENT
          """)
  void aSpellingHasOneCanonicalPathAndItsFlags(String raw, String canonical, String flags) {
    decode(raw.getBytes(StandardCharsets.UTF_8));
    assertEquals(canonical, canonical());
    assertEquals(flags.replace("-", ""), names(path.flags()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /%c0%ae%c0%ae/ | NOT_UTF8
          /%ff | NOT_UTF8
          /%e4 | NOT_UTF8
          /%ed%a0%80 | NOT_UTF8
          /%f4%90%80%80 | NOT_UTF8
          /%f5%80%80%80 | NOT_UTF8
          /%e0%80%af | NOT_UTF8
          /%f0%80%80%af | NOT_UTF8
          /%c2 | NOT_UTF8
          /%e2%82 | NOT_UTF8
          /%e2%82x | NOT_UTF8
          /%80 | NOT_UTF8
          /%ef%bc%8e | -
          /%f0%9f%98%80 | -
          /%f4%8f%bf%bf | -
          /%ed%9f%bf | -
          """)
  void onlyWellFormedUtf8IsOrdinary(String raw, String flags) {
    decode(raw.getBytes(StandardCharsets.US_ASCII));
    assertEquals(flags.replace("-", ""), names(path.flags() & ~RequestPath.DIRECTORY));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          /file%00.png | BAD_ESCAPE
          /% | BAD_ESCAPE
          /%2 | BAD_ESCAPE
          /abcdefg%2 | BAD_ESCAPE
          /%zz | BAD_ESCAPE
          /%2g | BAD_ESCAPE
          /%u002e | BAD_ESCAPE
          /%uff0e | BAD_ESCAPE
          /%-1 | BAD_ESCAPE
          -x/y.html | NOT_ABSOLUTE
          index.html | NOT_ABSOLUTE
          * | NOT_ABSOLUTE
          %2f | NOT_ABSOLUTE
          `` | NOT_ABSOLUTE
          """)
  void whatCannotBeDecodedLeavesNothingBehind(String raw, String flags) {
    decode("/before".getBytes(StandardCharsets.US_ASCII));
    decode(raw.getBytes(StandardCharsets.US_ASCII));
    assertEquals(flags, names(path.flags()));
    assertEquals(0, path.length());
    assertEquals(0, path.decodedLength());
    assertFalse(path.contains("b".getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void aPathIsTakenUpToItsLimit() {
    for (int length = 1; length <= MAX + 9; length++) {
      String plain = "/" + "x".repeat(length - 1);
      decode(plain.getBytes(StandardCharsets.US_ASCII));
      assertEquals(length > MAX ? "TOO_LONG" : length == 1 ? "DIRECTORY" : "", names(path.flags()));
      if (length <= MAX) {
        assertEquals(plain, canonical());
        assertEndsWithZero();
        decode(plain.replace('x', '~').getBytes(StandardCharsets.US_ASCII));
        assertEquals(plain.replace('x', '~'), canonical());
        assertEndsWithZero();
      }
    }
  }

  @Test
  void theDecodedPathIsKeptForTheDynamicRule() {
    decode("/a%2fcgi%2dbin/../x".getBytes(StandardCharsets.US_ASCII));
    assertTrue(path.contains("cgi-bin".getBytes(StandardCharsets.US_ASCII)));
    assertTrue(path.contains("..".getBytes(StandardCharsets.US_ASCII)));
    assertTrue(path.contains(new byte[0]));
    assertFalse(path.contains("CGI-BIN".getBytes(StandardCharsets.US_ASCII)));
    assertFalse(path.contains("/x/".getBytes(StandardCharsets.US_ASCII)));
    assertEquals("/a/x", canonical());
    decode("/plain/cgi-bin".getBytes(StandardCharsets.US_ASCII));
    assertTrue(path.contains("cgi-bin".getBytes(StandardCharsets.US_ASCII)));
    assertTrue(path.contains("/plain/cgi-bin".getBytes(StandardCharsets.US_ASCII)));
    assertFalse(path.contains("/plain/cgi-bin/".getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void spellingsOfOnePathHaveOneHash() {
    decode("/pictures/logo.png".getBytes(StandardCharsets.US_ASCII));
    int hash = path.hash();
    decode("/./x/..//pictures/%6cogo.png".getBytes(StandardCharsets.US_ASCII));
    assertEquals(hash, path.hash());
    byte[] bytes = "##/pictures/logo.png".getBytes(StandardCharsets.US_ASCII);
    MemorySegment elsewhere = MemorySegment.ofArray(bytes);
    assertEquals(hash, RequestPath.hashOf(elsewhere, 2, bytes.length - 2, SEED));
    assertNotEquals(hash, RequestPath.hashOf(elsewhere, 2, bytes.length - 2, SEED + 1));
  }

  /// 4,096 slots, 20,000 paths: with an even spread the fullest slot holds about 16.
  @Test
  void hashesSpreadEvenlyForAnySeed() {
    for (long seed : new long[] {0, 1, SEED, -1, Long.MIN_VALUE}) {
      int[] slots = new int[4096];
      RequestPath hashed = newPath(seed);
      int fullest = 0;
      for (int i = 0; i < 20_000; i++) {
        byte[] bytes = ("/assets/item-" + i + ".png").getBytes(StandardCharsets.US_ASCII);
        hashed.decode(MemorySegment.ofArray(bytes), 0, bytes.length);
        fullest = Math.max(fullest, ++slots[hashed.hash() & 4095]);
      }
      assertTrue(fullest < 24, "fullest slot " + fullest + " with seed " + seed);
    }
  }

  @Test
  void randomPathsAgreeWithThePlainReference() {
    Random random = new Random(7);
    String[] pieces = {
      "/",
      "/",
      "/",
      ".",
      "..",
      "/../",
      "/./",
      "//",
      "%2e",
      "%2F",
      "%5c",
      "%25",
      "%00",
      "%",
      "%c3%a9",
      "%c0%ae",
      "%ff",
      "%20",
      "%0a",
      "\\",
      "a",
      "bc",
      "index.html",
      ".git",
      ".well-known",
      "~",
      "!",
      "$",
      "#",
      "\"",
      "^",
      "|",
      "_",
      "`",
      "[",
      "]",
      "{",
      "}",
      "=",
      "<",
      "é",
      "0123456",
      "%7E",
      ";",
      "?"
    };
    for (int i = 0; i < 300_000; i++) {
      StringBuilder raw = new StringBuilder(random.nextInt(20) == 0 ? "" : "/");
      for (int n = random.nextInt(8); n > 0; n--) {
        raw.append(pieces[random.nextInt(pieces.length)]);
      }
      byte[] bytes = raw.toString().getBytes(StandardCharsets.UTF_8);
      PathReference expected = PathReference.of(new String(bytes, StandardCharsets.ISO_8859_1));
      decode(bytes);
      assertEquals(names(expected.flags()), names(path.flags()), raw::toString);
      assertEquals(expected.canonical(), latin(path.bytes(), path.length()), raw::toString);
      assertEquals(expected.decoded(), latin(path.decoded(), path.decodedLength()), raw::toString);
      if (path.length() > 0) {
        assertEquals(
            RequestPath.hashOf(path.bytes(), 0, path.length(), SEED), path.hash(), raw::toString);
        assertEndsWithZero();
      }
    }
  }

  @Test
  void everyByteAtEveryPlaceIsJudgedAsInTheReference() {
    for (int place = 1; place < 18; place++) {
      for (int b = 1; b < 256; b++) {
        byte[] bytes = "/aaaaaa/aaaaaaaaaaa".getBytes(StandardCharsets.US_ASCII);
        bytes[place] = (byte) b;
        PathReference expected = PathReference.of(new String(bytes, StandardCharsets.ISO_8859_1));
        decode(bytes);
        assertEquals(names(expected.flags()), names(path.flags()), place + " " + b);
        assertEquals(expected.canonical(), latin(path.bytes(), path.length()), place + " " + b);
      }
    }
  }

  private static RequestPath newPath(long seed) {
    byte[] space = new byte[(int) RequestPath.spaceFor(MAX)];
    return new RequestPath(MemorySegment.ofArray(space), MAX, seed);
  }

  /// In the middle of foreign bytes, of which none may be taken for the path's.
  private void decode(byte[] raw) {
    byte[] around = new byte[raw.length + 6];
    Arrays.fill(around, (byte) '/');
    System.arraycopy(raw, 0, around, 3, raw.length);
    path.decode(MemorySegment.ofArray(around), 3, raw.length);
  }

  private void assertEndsWithZero() {
    assertEquals(0, path.bytes().get(ValueLayout.JAVA_BYTE, path.length()));
  }

  private String canonical() {
    byte[] bytes = path.bytes().asSlice(0, path.length()).toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String latin(MemorySegment bytes, int length) {
    return new String(
        bytes.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
  }

  private static String names(int flags) {
    String[] names = {
      "ENCODED_SLASH",
      "CONTROL",
      "NOT_UTF8",
      "BACKSLASH",
      "RAW_SPECIAL",
      "DOT_DOT",
      "CLIMBS",
      "DOT_SEGMENT",
      "EMPTY_SEGMENT",
      "DIRECTORY",
      "BAD_ESCAPE",
      "NOT_ABSOLUTE",
      "TOO_LONG"
    };
    TreeSet<String> set = new TreeSet<>();
    for (int i = 0; i < names.length; i++) {
      if ((flags & 1 << i) != 0) {
        set.add(names[i]);
      }
    }
    return String.join(",", set);
  }
}
