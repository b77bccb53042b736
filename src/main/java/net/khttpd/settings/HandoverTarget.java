package net.khttpd.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

/// The local daemon that gets the sockets of requests that are passed on.
///
/// @param path of the Unix socket where it listens; empty: nothing is handed over
/// @param peek nothing is read from a socket before it is handed over, but looked at
public record HandoverTarget(String path, boolean peek) {
  static final String FORM = "unix:/PATH, unix:/PATH,peek, or off";

  /// Nobody.
  public static final HandoverTarget NONE = new HandoverTarget("", false);

  private static final String UNIX = "unix:";
  private static final String PEEK = "peek";

  /// Whether it is [#NONE].
  public boolean none() {
    return path.isEmpty();
  }

  /// As it is printed, and as the access log names it.
  public String text() {
    return none() ? "off" : UNIX + path + (peek ? "," + PEEK : "");
  }

  /// Reads the form, and `peek:` or `peek,` before it as well.
  static HandoverTarget read(String text) throws BadValueException {
    if (text.isEmpty() || text.equals("off") || text.equals("0") || text.equals("none")) {
      return NONE;
    }
    String rest = text;
    boolean before = rest.matches(PEEK + "[:,].*");
    if (before) {
      rest = rest.substring(PEEK.length() + 1);
    }
    boolean behind = rest.endsWith("," + PEEK);
    if (behind) {
      rest = rest.substring(0, rest.length() - PEEK.length() - 1);
    }
    if (!rest.startsWith(UNIX)) {
      throw new BadValueException("is not " + FORM);
    }
    String path = Texts.absolutePath(rest.substring(UNIX.length()));
    if (path.getBytes(UTF_8).length > BackendAddress.LONGEST_PATH) {
      throw new BadValueException("has a path longer than 107 bytes, the most unix(7) allows");
    }
    return new HandoverTarget(path, before || behind);
  }
}
