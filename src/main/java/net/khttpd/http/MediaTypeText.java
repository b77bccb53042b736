package net.khttpd.http;

/// What a media type written by the operator must look like, and whether a charset suits it. Cold,
/// but run at start: by hand, since the first regular expression of a process costs milliseconds.
final class MediaTypeText {
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  private MediaTypeText() {}

  /// Type, subtype and parameters (RFC 9110 §8.3.1), without the escapes of quoted strings.
  static void requireMediaType(String type) {
    int slash = endOfToken(type, 0);
    boolean valid = slash > 0 && isAt(type, slash, '/');
    int at = valid ? endOfToken(type, slash + 1) : 0;
    valid = valid && at > slash + 1;
    while (valid && at < type.length()) {
      at = endOfParameter(type, at);
      valid = at > 0;
    }
    require(valid, type, "a media type is written type/subtype, such as image/webp");
  }

  static void requireCharset(String charset) {
    boolean valid = !charset.isEmpty() && endOfToken(charset, 0) == charset.length();
    require(valid, charset, "a charset is one word, such as utf-8");
  }

  static void requireExtension(String extension) {
    boolean valid = !extension.isEmpty();
    for (int i = 0; i < extension.length(); i++) {
      char c = extension.charAt(i);
      valid &= c > ' ' && c != '.' && c != '/' && c != 0x7f;
    }
    require(valid, extension, "an extension is written without its dot, such as webp");
  }

  /// Whether `; charset=` is added to a type: to text, and to JavaScript under its old name, unless
  /// it names a charset already. JSON is UTF-8 by definition and has no such parameter (RFC 8259
  /// §11); XML outside text/ and SVG say it themselves.
  static boolean takesCharset(String type) {
    boolean text = begins(type, 0, "text/") || begins(type, 0, "application/javascript");
    for (int at = type.indexOf(';'); text && at >= 0; at = type.indexOf(';', at + 1)) {
      text = !begins(type, skipBlanks(type, at + 1), "charset=");
    }
    return text;
  }

  /// The end of `; name=value`, or -1.
  private static int endOfParameter(String type, int from) {
    int semicolon = skipBlanks(type, from);
    int name = skipBlanks(type, semicolon + 1);
    int equals = endOfToken(type, name);
    if (!isAt(type, semicolon, ';') || equals <= name || !isAt(type, equals, '=')) {
      return -1;
    }
    int value = equals + 1;
    int end = isAt(type, value, '"') ? endOfQuoted(type, value + 1) : endOfToken(type, value);
    return end > value ? end : -1;
  }

  private static int endOfQuoted(String type, int from) {
    for (int i = from; i < type.length(); i++) {
      char c = type.charAt(i);
      if (c == '"') {
        return i + 1;
      }
      if (c < ' ' || c > '~' || c == '\\') {
        return -1;
      }
    }
    return -1;
  }

  private static int endOfToken(String text, int from) {
    int at = from;
    while (at < text.length() && isTokenChar(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isTokenChar(char c) {
    boolean letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    return letter || (c >= '0' && c <= '9') || TOKEN_MARKS.indexOf(c) >= 0;
  }

  private static int skipBlanks(String text, int from) {
    int at = from;
    while (isAt(text, at, ' ') || isAt(text, at, '\t')) {
      at++;
    }
    return at;
  }

  private static boolean begins(String text, int at, String start) {
    return text.regionMatches(true, at, start, 0, start.length());
  }

  private static boolean isAt(String text, int at, char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  private static void require(boolean valid, String text, String sentence) {
    if (!valid) {
      throw new IllegalArgumentException(sentence + ", not '" + text + "'");
    }
  }
}
