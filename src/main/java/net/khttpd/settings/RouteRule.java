package net.khttpd.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// One entry of `route`: requests for a host and below a path that are passed on go to backends of
/// their own.
///
/// @param host a name, `*.name` for all names below it, or `*` for any
/// @param prefix decoded and without a slash at its end: empty for all paths
/// @param backends in the order of the entry
public record RouteRule(String host, String prefix, List<BackendAddress> backends) {
  /// What stands for any host.
  public static final String ANY_HOST = "*";

  static final String FORM = "HOST/PREFIX BACKEND[,BACKEND...], as in */api 127.0.0.1:8081";
  private static final int LONGEST_PREFIX = 1024;

  static RouteRule read(String text) throws BadValueException {
    int blank = text.indexOf(' ');
    String place = blank < 0 ? "" : text.substring(0, blank);
    int slash = place.indexOf('/');
    if (slash <= 0) {
      throw new BadValueException("is not " + FORM);
    }
    var backends = new LinkedHashSet<BackendAddress>();
    for (String each : text.substring(blank + 1).split(",", -1)) {
      backends.add(BackendAddress.read(each.strip()));
    }
    return new RouteRule(
        host(place.substring(0, slash)),
        prefix(place.substring(slash)),
        List.copyOf(new ArrayList<>(backends)));
  }

  private static String host(String text) throws BadValueException {
    boolean literal = text.startsWith("[") && text.endsWith("]");
    if (text.equals(ANY_HOST)) {
      return text;
    }
    return Texts.hostPattern(literal ? text.substring(1, text.length() - 1) : text);
  }

  private static String prefix(String text) throws BadValueException {
    String bare = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    boolean normal = bare.isEmpty() || bare.matches("(/[^/]+)+");
    if (!normal
        || bare.matches("(.*/)?\\.{1,2}(/.*)?")
        || bare.matches(".*[?#%].*")
        || bare.getBytes(UTF_8).length > LONGEST_PREFIX) {
      throw new BadValueException(
          "has no prefix of decoded paths: /NAME/NAME, no empty segment, no . or .., no ?, # or %,"
              + " at most "
              + LONGEST_PREFIX
              + " bytes");
    }
    return bare;
  }

  String text() {
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return shown
        + (prefix.isEmpty() ? "/" : prefix)
        + " "
        + String.join(",", backends.stream().map(BackendAddress::text).toList());
  }
}
