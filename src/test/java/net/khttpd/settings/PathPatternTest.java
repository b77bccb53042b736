package net.khttpd.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PathPatternTest {
  @ParameterizedTest
  @CsvSource({
    "/assets/**, /assets/a.js, true",
    "/assets/**, /assets/x/y.js, true",
    "/assets/**, /assets/, true",
    "/assets/**, /assets, false",
    "/assets/**, /other/assets/a.js, false",
    "/assets/*, /assets/a.js, true",
    "/assets/*, /assets/x/y.js, false",
    "/a?c, /abc, true",
    "/a?c, /a/c, false",
    "/a?c, /aéc, true",
    "*.html, /index.html, true",
    "*.html, /a/b/index.html, true",
    "*.html, /a.html/b, false",
    "index.html, /x/index.html, true",
    "index.html, /x/an-index.html, false",
    "/**/a.js, /a.js, true",
    "/**/a.js, /x/a.js, true",
    "/**/a.js, /x/y/a.js, true",
    "/**/a.js, /xa.js, false",
    "/x/**/y/**/z, /x/y/z, true",
    "/x/**/y/**/z, /x/1/y/2/3/z, true",
    "/x/**/y/**/z, /x/1/2/z, false",
    "/**/**/z, /z, true",
    "/**/**/z, /a/b/z, true",
    "/x**z, /x/a/b/z, true",
    "/*/*.js, /a/b.js, true",
    "/*/*.js, /a.js, false",
    "/**, /, true",
    "/, /, true",
    "/, /index.html, false",
    "/[a], /[a], true",
    "/A, /a, false",
    "*, /deep/er/x, true",
    "/***/x, /a/b/x, true",
  })
  void aPatternMatchesWholePathsOrNames(String pattern, String path, boolean matches)
      throws Exception {
    assertEquals(matches, PathPattern.read(pattern).matches(path), pattern + " on " + path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "assets/**", "a/b", "/a b"})
  void whatIsNoPatternIsRefused(String pattern) {
    assertThrows(BadValueException.class, () -> PathPattern.read(pattern));
  }

  @Test
  void noPatternTakesExponentialTime() throws Exception {
    PathPattern pattern = PathPattern.read("/" + "*a".repeat(200) + "**b".repeat(50) + "c");
    Assertions.assertTimeout(
        Duration.ofSeconds(5), () -> assertFalse(pattern.matches("/" + "a".repeat(4000))));
  }
}
