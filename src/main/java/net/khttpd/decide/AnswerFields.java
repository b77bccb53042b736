package net.khttpd.decide;

/// The fields that answers about one file share, rendered: the only place where they are made.
/// Immutable.
///
/// @param contentType the value alone
/// @param validators whole lines: Last-Modified, then ETag, those that there are
/// @param extra whole lines that 200, 206 and 304 have beyond these; empty for none
/// @param coding a whole line: Content-Encoding; empty for none
public record AnswerFields(String contentType, String validators, String extra, String coding) {
  private static final String VARY = "Vary: Accept-Encoding\r\n";

  /// Those of a 200 or 206, without what speaks of its length.
  String whole() {
    return content() + withoutContent();
  }

  /// Type and coding: of the answer, or of each of its parts.
  String content() {
    return "Content-Type: %s\r\n%s".formatted(contentType, coding);
  }

  /// The rest: those of an answer whose own content is a frame around several parts. Nobody shall
  /// decode the frame, so the coding is said of the parts.
  String withoutContent() {
    return validators + extra + "Accept-Ranges: bytes\r\n";
  }

  /// Those of a 304: of the validators the tag alone, if there is one (RFC 9110 §15.4.5).
  String notModified() {
    return validators.substring(Math.max(0, validators.indexOf("ETag: "))) + extra;
  }

  /// The same of an answer that depends on Accept-Encoding, as a cache must know (RFC 9110
  /// §12.5.5).
  AnswerFields varying() {
    return new AnswerFields(contentType, validators, VARY + extra, coding);
  }
}
