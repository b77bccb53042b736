package net.khttpd.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MediaTypesTest {
  private static final MediaTypes TYPES = new MediaTypes(Map.of());

  @ParameterizedTest
  @CsvSource({
    "/index.html, text/html",
    "/a/INDEX.HTM, text/html",
    "/style.css, text/css",
    "/app.js, text/javascript",
    "/app.mjs, text/javascript",
    "/app.min.js, text/javascript",
    "/app.js.map, application/json",
    "/data.json, application/json",
    "/data.jsonld, application/ld+json",
    "/m.wasm, application/wasm",
    "/p.webp, image/webp",
    "/p.avif, image/avif",
    "/p.JPG, image/jpeg",
    "/p.svg, image/svg+xml",
    "/favicon.ico, image/vnd.microsoft.icon",
    "/f.woff2, font/woff2",
    "/site.webmanifest, application/manifest+json",
    "/s.m4a, audio/mp4",
    "/s.mp3, audio/mpeg",
    "/v.mp4, video/mp4",
    "/v.webm, video/webm",
    "/v.m3u8, application/vnd.apple.mpegurl",
    "/v.ts, video/mp2t",
    "/readme.md, text/markdown",
    "/feed.rss, application/rss+xml",
    "/feed.atom, application/atom+xml",
    "/x.tar.gz, application/gzip",
    "/x.7z, application/x-7z-compressed",
    "/x.pdf, application/pdf",
    "/x.docx, application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "/x.c, text/x-csrc",
    "/x.sarif-external-properties, application/sarif-external-properties+json",
    "a.txt, text/plain",
  })
  void anExtensionHasItsType(String path, String type) {
    assertEquals(type, typeOf(TYPES, path));
  }

  /// khttpd-2.4 P19: the original took the last four bytes for the type.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        ".",
        "/.",
        "/a",
        "/html",
        "/foohtml",
        "/glass",
        "/.html",
        "html",
        ".html",
        "/a.",
        "/a.html.",
        "/a.html/",
        "/a.html/b",
        "/dir.html/.css",
        "/a.xyzzy",
        "/a.html ",
        "/a.htmlx",
        "/a.ht\0ml",
        "/a.123456789012345678901234567890123",
        "/a.é"
      })
  void aNameWithoutAKnownExtensionHasNone(String path) {
    assertEquals(MediaTypes.UNKNOWN, TYPES.find(path));
  }

  @Test
  void theOperatorsTypesComeFirst() {
    MediaTypes types =
        new MediaTypes(
            Map.of(
                "HTML",
                "text/html; charset=utf-8",
                "xyzzy",
                "application/x-xyzzy;a=\"b;c\" ; d=e"));
    assertEquals("text/html; charset=utf-8", typeOf(types, "/a.html"));
    assertEquals("application/x-xyzzy;a=\"b;c\" ; d=e", typeOf(types, "/a.XyZZy"));
    assertEquals("text/css", typeOf(types, "/a.css"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          html  | text
          html  | text/
          html  | /html
          html  | text/html;
          html  | text/html; charset
          html  | text/html; charset=a b
          html  | text/html; charset="a
          html  | text/html; charset=
          html  | text/html; =a
          html  | text/html charset=a
          html  | text/html; a="\\"
          html  | text/html, text/plain
          .html | text/html
          a/b   | text/html
          a b   | text/html
          """)
  void aMalformedTypeOrExtensionIsRefused(String extension, String type) {
    Map<String, String> overrides = Map.of(extension, type);
    assertThrows(IllegalArgumentException.class, () -> new MediaTypes(overrides));
  }

  @Test
  void nothingEndsALineOfAHead() {
    for (String type : List.of("text/html\r\nX: y", "text/html\n", "text/ht\0ml", "", "té/x")) {
      Map<String, String> overrides = Map.of("html", type);
      assertThrows(IllegalArgumentException.class, () -> new MediaTypes(overrides));
    }
    for (String charset : List.of("", "a b", "utf-8\r\n", "a;b", "\"x\"")) {
      assertThrows(IllegalArgumentException.class, () -> TYPES.withCharset(charset));
    }
    for (String extension : List.of("", "a\n", "a".repeat(33))) {
      Map<String, String> overrides = Map.of(extension, "text/html");
      assertThrows(IllegalArgumentException.class, () -> new MediaTypes(overrides));
    }
  }

  @Test
  void aCharsetIsAddedToTextOnly() {
    MediaTypes own =
        new MediaTypes(Map.of("jsx", "application/javascript", "l1", "text/plain;charset=latin1"));
    MediaTypes types = own.withCharset("utf-8");
    assertEquals("text/html; charset=utf-8", typeOf(types, "/a.html"));
    assertEquals("text/javascript; charset=utf-8", typeOf(types, "/a.js"));
    assertEquals("application/javascript; charset=utf-8", typeOf(types, "/a.jsx"));
    assertEquals("text/plain;charset=latin1", typeOf(types, "/a.l1"));
    assertEquals("application/json", typeOf(types, "/a.json"));
    assertEquals("image/svg+xml", typeOf(types, "/a.svg"));
    assertEquals("text/html", typeOf(own, "/a.html"));
  }

  @Test
  void everyLineOfTheTableIsFoundAndNoExtensionStandsTwice() throws IOException {
    Map<String, String> expected = new HashMap<>();
    for (String line : table()) {
      String[] words = line.split(" ", -1);
      MediaTypeText.requireMediaType(words[0]);
      for (int i = 1; i < words.length; i++) {
        MediaTypeText.requireExtension(words[i]);
        assertTrue(words[i].length() <= MediaTypes.MAX_EXTENSION, words[i]);
        assertEquals(null, expected.put(words[i], words[0]), words[i]);
      }
    }
    assertEquals(expected.size(), TYPES.size());
    assertTrue(expected.size() > 1500);
    expected.forEach((extension, type) -> assertEquals(type, typeOf(TYPES, "/x." + extension)));
  }

  private static List<String> table() throws IOException {
    try (InputStream in = MediaTypes.class.getResourceAsStream("mime.types")) {
      assertTrue(in != null);
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return text.lines().filter(line -> !line.startsWith("#")).toList();
    }
  }

  private static String typeOf(MediaTypes types, String path) {
    int index = types.find(path);
    assertTrue(index >= 0, path);
    return new String(types.contentType(index), StandardCharsets.ISO_8859_1);
  }
}
