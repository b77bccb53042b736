package net.khttpd.settings;

import static net.khttpd.settings.Texts.TOKEN;

import java.util.Locale;
import java.util.Set;

/// One entry of `header`: a field added to the answers for the paths that a pattern matches.
public record HeaderRule(PathPattern pattern, String name, String value) {
  static final String FORM = "PATTERN NAME: VALUE, as in /** X-Frame-Options: DENY";

  /// Framing and what concerns one connection only (RFC 9110 §7.6.1): never an operator's.
  private static final Set<String> OF_THE_CONNECTION =
      Set.of(
          "connection",
          "content-length",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authentication-info",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  /// What we say of a file ourselves; a second line would contradict it.
  private static final Set<String> OURS =
      Set.of(
          "accept-ranges",
          "content-encoding",
          "content-range",
          "content-type",
          "date",
          "etag",
          "last-modified",
          "server",
          "vary");

  static HeaderRule read(String text) throws BadValueException {
    int blank = text.indexOf(' ');
    String field = blank < 0 ? "" : text.substring(blank + 1).strip();
    int colon = field.indexOf(':');
    String name = colon < 0 ? "" : field.substring(0, colon);
    String value = field.substring(colon + 1).strip();
    if (!name.matches(TOKEN) || !value.matches("[!-~]([ -~]*[!-~])?")) {
      throw new BadValueException("is not " + FORM + " (visible ASCII)");
    }
    refuseOurs(name.toLowerCase(Locale.ROOT).replace('_', '-'), name); // CGI reads both alike
    return new HeaderRule(PathPattern.read(text.substring(0, blank)), name, value);
  }

  private static void refuseOurs(String lower, String name) throws BadValueException {
    if (OF_THE_CONNECTION.contains(lower)) {
      throw new BadValueException("names " + name + ", which concerns the connection or framing");
    }
    if (OURS.contains(lower)) {
      throw new BadValueException("names " + name + ", which we send ourselves");
    }
    if (lower.equals("cache-control")) {
      throw new BadValueException("names Cache-Control: that is the setting cache_control");
    }
    if (lower.equals("x-content-type-options")) {
      throw new BadValueException("names X-Content-Type-Options: that is the setting nosniff");
    }
  }

  String text() {
    return pattern.text() + " " + name + ": " + value;
  }
}
