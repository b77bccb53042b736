package net.khttpd.settings;

/// Reads `backend_check`: the target of active checks, or `off`.
final class CheckPath {
  static final String OFF = "off";
  static final String FORM = "a path that begins with /, or off";

  private CheckPath() {}

  static String read(String text) throws BadValueException {
    if (text.isEmpty() || text.equals("0") || text.equals(OFF)) {
      return OFF;
    }
    if (!text.matches("/[!-~&&[^#]]*")) {
      throw new BadValueException("is not " + FORM + " (visible ASCII, no blank, no #)");
    }
    return text;
  }
}
