package net.khttpd.settings;

import java.util.List;

/// The settings of a snapshot that say what a file's answers tell, beside its content.
public record AnswerSettings(
    EtagKind etag,
    List<PrecompressedCoding> precompressed,
    List<CacheControlRule> cacheControl,
    List<HeaderRule> header,
    boolean nosniff) {
  static AnswerSettings of(Settings settings) {
    return new AnswerSettings(
        settings.get(StaticSettings.ETAG),
        settings.get(StaticSettings.PRECOMPRESSED),
        settings.get(StaticSettings.CACHE_CONTROL),
        settings.get(StaticSettings.HEADER),
        settings.get(StaticSettings.NOSNIFF));
  }

  /// How long all fields of `header` and the longest of `cache_control` are together, in bytes: no
  /// answer has more.
  public int longestFields() {
    int longest = 0;
    for (CacheControlRule rule : cacheControl) {
      longest = Math.max(longest, rule.value().length());
    }
    for (HeaderRule rule : header) {
      longest += rule.name().length() + rule.value().length() + 4;
    }
    return longest;
  }
}
