package net.khttpd.settings;

import static net.khttpd.settings.Texts.TOKEN;

/// One entry of `cache_control`: the value of Cache-Control (RFC 9111 §5.2) for the paths that a
/// pattern matches.
public record CacheControlRule(PathPattern pattern, String value) {
  private static final String DIRECTIVE = TOKEN + "(=(" + TOKEN + "|\"[ !#-\\[\\]-~]*\"))?";
  private static final String DIRECTIVES = DIRECTIVE + "( ?, ?" + DIRECTIVE + ")*";

  static final String FORM = "PATTERN DIRECTIVES, as in /assets/** public, max-age=31536000";

  static CacheControlRule read(String text) throws BadValueException {
    int blank = text.indexOf(' ');
    String value = blank < 0 ? "" : text.substring(blank + 1).strip();
    if (!value.matches(DIRECTIVES)) {
      throw new BadValueException("is not " + FORM);
    }
    return new CacheControlRule(PathPattern.read(text.substring(0, blank)), value);
  }

  String text() {
    return pattern.text() + " " + value;
  }
}
