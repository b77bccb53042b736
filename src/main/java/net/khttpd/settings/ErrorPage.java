package net.khttpd.settings;

import java.util.Set;
import java.util.TreeSet;

/// One entry of `error_page`: the file whose content is the body of an error answer of ours.
///
/// @param status of the answer, which it keeps
/// @param path of the file beneath the document root
public record ErrorPage(int status, String path) {
  /// What we answer to a request whose head could be read: only then is it known whose page to
  /// show.
  private static final Set<Integer> STATUSES = Set.of(404, 405, 501, 502, 503, 504, 508);

  /// Reads `STATUS /PATH`.
  static ErrorPage read(String text) throws BadValueException {
    int blank = text.indexOf(' ');
    String number = blank < 0 ? text : text.substring(0, blank);
    if (blank < 0 || !number.matches("[0-9]{3}")) {
      throw new BadValueException("is not STATUS /PATH, as in 404 /404.html");
    }
    int status = Integer.parseInt(number);
    if (!STATUSES.contains(status)) {
      throw new BadValueException(
          "has a status that is none of %s".formatted(new TreeSet<>(STATUSES)));
    }
    return new ErrorPage(status, Texts.rootPath(text.substring(blank).strip()));
  }

  String text() {
    return status + " " + path;
  }
}
