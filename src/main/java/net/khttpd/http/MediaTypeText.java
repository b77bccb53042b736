package net.khttpd.http;

import java.util.Locale;
import java.util.regex.Pattern;

/// What a media type written by the operator must look like, and whether a charset suits it. Cold;
/// a class of its own so that nobody loads a regular expression who has no types of his own.
final class MediaTypeText {
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final String QUOTED = "\"[\\t !#-\\[\\]-~]*\"";

  /// RFC 9110 §8.3.1, without the escapes of quoted strings.
  private static final Pattern MEDIA_TYPE =
      Pattern.compile(
          TOKEN + "/" + TOKEN + "([ \\t]*;[ \\t]*" + TOKEN + "=(" + TOKEN + "|" + QUOTED + "))*");

  private static final Pattern CHARSET = Pattern.compile(TOKEN);
  private static final Pattern EXTENSION = Pattern.compile("[^\\x00-\\x20./\\x7f]+");

  private MediaTypeText() {}

  static void requireMediaType(String type) {
    require(MEDIA_TYPE, type, "a media type is written type/subtype, such as image/webp");
  }

  static void requireCharset(String charset) {
    require(CHARSET, charset, "a charset is one word, such as utf-8");
  }

  static void requireExtension(String extension) {
    require(EXTENSION, extension, "an extension is written without its dot, such as webp");
  }

  /// Whether `; charset=` is added to a type: to text, and to JavaScript under its old name, unless
  /// it names a charset already. JSON is UTF-8 by definition and has no such parameter (RFC 8259
  /// §11); XML outside text/ and SVG say it themselves.
  static boolean takesCharset(String type) {
    String lower = type.toLowerCase(Locale.ROOT);
    boolean text = lower.startsWith("text/") || lower.startsWith("application/javascript");
    return text && !lower.contains("charset=");
  }

  private static void require(Pattern pattern, String text, String sentence) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException(sentence + ", not '" + LogText.escape(text) + "'");
    }
  }
}
