package net.khttpd.passon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.OutputStream;
import java.time.InstantSource;
import java.util.List;
import net.khttpd.log.EventLog;
import net.khttpd.settings.Draft;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.RouteRule;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RoutesTest {
  private static Routes routes() throws OperatorException {
    var draft = Draft.ofDefaults();
    for (String route :
        List.of(
            "*/api unix:/any-api",
            "*/api/v2/ unix:/any-v2",
            "www.example.com/api unix:/www-api",
            "*.example.com/api unix:/below-api",
            "*.b.example.com/api unix:/below-b-api",
            "shop.example.com/ unix:/shop",
            "[::1]/six unix:/six",
            "*/gr\u00fcn unix:/green")) {
      draft.write("route", route);
    }
    var log = new EventLog(OutputStream.nullOutputStream(), InstantSource.system());
    return new Routes(draft.snapshot().balancing().choice().routes(), rule -> set(rule, log));
  }

  private static BackendSet set(RouteRule rule, EventLog log) {
    return new BackendSet(
        rule.backends().stream()
            .map(each -> new Backend(each, new byte[0], List.of(), log))
            .toList());
  }

  @ParameterizedTest
  @CsvSource({
    "other.org, /api, any-api",
    "other.org, /api/, any-api",
    "other.org, /api/x/y, any-api",
    "other.org, /apix, ",
    "other.org, /ap, ",
    "other.org, /, ",
    "other.org, '', ",
    "'', /api, any-api",
    "other.org, /api/v2, any-v2",
    "other.org, /api/v2/x, any-v2",
    "other.org, /api/v20, any-api",
    "www.example.com, /api, www-api",
    "WWW.Example.COM:8080, /api, www-api",
    "www.example.com., /api, www-api",
    "a.example.com, /api/x, below-api",
    "example.com, /api, any-api",
    "a.b.example.com, /api, below-b-api",
    "www.example.com, /api/v2/x, any-v2",
    "shop.example.com, /, shop",
    "shop.example.com, '', shop",
    "shop.example.com, /x/y, shop",
    "shop.example.com, /api/x, below-api",
    "[::1], /six, six",
    "[0:0::1]:80, /six/x, six",
    "x.y, /gr\u00c3\u00bcn, green",
  })
  void theLongestPrefixAndThenTheHostThatSaysMostCount(String host, String path, String expected)
      throws OperatorException {
    BackendSet found = routes().find(host, path);
    String name = found == null ? null : found.list().getFirst().text();
    assertEquals(expected == null ? null : "unix:/" + expected, name);
  }
}
