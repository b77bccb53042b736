package net.khttpd.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OrderedPathTest {
  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "/srv/in,a/b.pdf,/a/b.pdf,/a/b.pdf",
        "/srv/in/,/srv/in/a.pdf,/a.pdf,/a.pdf",
        "/srv/in,/srv/inner/a.pdf,'',/srv/inner/a.pdf",
        "/srv/in,/srv/in,'',/srv/in",
        "/,/etc/a,/etc/a,/etc/a",
        "/srv/in,./a//b/./c,/a/b/c,/a/b/c",
        "/srv/in,a%2Fb%20c,/a/b c,/a/b c",
        "/srv/in,100%,/100%,/100%",
        "/srv/in,%2,/%2,/%2",
        "/srv/in,%zz,/%zz,/%zz",
        "/srv/in,a?b,/a?b,/a",
        "/srv/in,a%3Fb,/a?b,/a?b",
        "/srv/in,a/..,'',''",
        "/srv/in,%2e%2E/a,'',''",
        "/srv/in,..a/b..,/..a/b..,/..a/b..",
        "/srv/in,/srv/in/../x,'',''",
        "/srv/in,a/,'',''",
        "/srv/in,a/.,'',''",
        "/srv/in,a%00b,'',''",
        "/srv/in,'','',''",
        "/srv/in,/,'',''",
      })
  void aNameLeadsBeneathTheRootOrNowhere(String root, String name, String sendfile, String accel) {
    assertEquals(sendfile, path(name, false, root));
    assertEquals(accel, path(name, true, root));
  }

  private static String path(String name, boolean uri, String root) {
    var order = new FileOrder(200, name, uri, null, "", null, null, "", "");
    OrderedPath path = OrderedPath.of(order, root);
    assertEquals(path.bytes().length == 0, !path.fault().isEmpty());
    return new String(path.bytes(), ISO_8859_1);
  }
}
