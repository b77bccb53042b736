package net.khttpd.settings;

import static net.khttpd.settings.Texts.TOKEN;

import java.util.Locale;

/// One entry of `mime`: the media type (RFC 9110 §8.3.1) of a file name extension, added to the
/// table or replacing its line.
///
/// @param extension without the dot, in lower case
/// @param mediaType as it is sent in Content-Type
public record MediaTypeEntry(String extension, String mediaType) {
  private static final String MEDIA_TYPE =
      TOKEN + "/" + TOKEN + "( ?; ?" + TOKEN + "=(" + TOKEN + "|\"[ -!#-\\[\\]-~]*\"))*";

  /// Reads `EXTENSION=TYPE/SUBTYPE`.
  static MediaTypeEntry read(String text) throws BadValueException {
    int equals = text.indexOf('=');
    String extension = equals < 0 ? "" : text.substring(0, equals).strip();
    if (!extension.matches("[^./\\s]+")) {
      throw new BadValueException("is not EXTENSION=TYPE/SUBTYPE, as in avif=image/avif");
    }
    String type = mediaType(text.substring(equals + 1).strip());
    return new MediaTypeEntry(extension.toLowerCase(Locale.ROOT), type);
  }

  String text() {
    return extension + "=" + mediaType;
  }

  /// The text itself, if it has the syntax of a media type.
  static String mediaType(String text) throws BadValueException {
    if (!text.matches(MEDIA_TYPE)) {
      throw new BadValueException("is not a media type such as text/plain");
    }
    return text;
  }
}
