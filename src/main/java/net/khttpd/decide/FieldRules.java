package net.khttpd.decide;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import net.khttpd.settings.AnswerSettings;
import net.khttpd.settings.CacheControlRule;
import net.khttpd.settings.HeaderRule;

/// Which fields the operator adds to the answers for a path: `cache_control`, `header`, `nosniff`.
/// Asked once for each file that is loaded; immutable.
record FieldRules(List<CacheControlRule> cacheControl, List<HeaderRule> header, boolean nosniff) {
  private static final String NOSNIFF = "X-Content-Type-Options: nosniff\r\n";

  static FieldRules of(AnswerSettings settings) {
    return new FieldRules(settings.cacheControl(), settings.header(), settings.nosniff());
  }

  /// Whole lines with their ends.
  ///
  /// @param length of the path within the bytes: a variant has the fields of its original
  String lines(byte[] path, int length) {
    String always = nosniff ? NOSNIFF : "";
    if (cacheControl.isEmpty() && header.isEmpty()) {
      return always;
    }
    String decoded = new String(path, 0, length, UTF_8);
    var lines = new StringBuilder();
    for (CacheControlRule rule : cacheControl) {
      if (rule.pattern().matches(decoded)) {
        lines.append("Cache-Control: ").append(rule.value()).append("\r\n");
        break;
      }
    }
    for (HeaderRule rule : header) {
      if (rule.pattern().matches(decoded)) {
        lines.append(rule.name()).append(": ").append(rule.value()).append("\r\n");
      }
    }
    return lines.append(always).toString();
  }
}
