package net.khttpd.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ActiveExtensionsTest {
  /// The default of the setting `active`.
  private static final ActiveExtensions ACTIVE =
      new ActiveExtensions(
          List.of(
              ("php* phtml phps shtml jsp* asp* cgi pl pm py rb sh sql bak old ~ swp pem key p12 env"
                      + " ini conf inc log yml class jar war")
                  .split(" ")));

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          /index.html,       false, false
          /index.php,        true,  true
          /INDEX.PHP,        true,  true
          /index.php5,       true,  true
          /index.ph,         false, false
          /x.jspx,           true,  true
          /x.aspx,           true,  true
          /x.cgi,            true,  true
          /x.cgi2,           false, false
          /x.pl,             true,  true
          /x.plx,            false, false
          /x.html~,          true,  true
          /~user,            false, false
          /~,                true,  true
          /php,              false, false
          /.php,             true,  true
          /x.php/y.css,      false, false
          /dir.php/,         false, false
          /x.php.html,       false, true
          /x.php;.css,       false, true
          /x.php?x.html,     false, true
          /x.php.,           false, true
          /x.sh.gz,          false, true
          /a.log.txt,        false, true
          /x.dialog,         false, false
          /x.,               false, false
          /..,               false, false
          /,                 false, false
          '',                false, false
          x.key,             true,  true
          """)
  void anActiveNameIsTold(String path, boolean last, boolean any) {
    byte[] around = ("~.php/" + path + ".php~").getBytes(StandardCharsets.UTF_8);
    int off = "~.php/".length();
    int len = around.length - off - ".php~".length();
    MemorySegment bytes = MemorySegment.ofArray(around);
    assertEquals(last, ACTIVE.matchesLast(bytes, off, len), "last");
    assertEquals(any, ACTIVE.matchesAny(bytes, off, len), "any");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*", ".php", "a/b", "a b", "p*p", "**", "a\n"})
  void aMalformedPatternIsRefused(String pattern) {
    List<String> patterns = List.of(pattern);
    assertThrows(IllegalArgumentException.class, () -> new ActiveExtensions(patterns));
  }
}
