package net.khttpd.settings;

/// A TCP address as operators write it: `HOST:PORT` or `[IPv6]:PORT`. A name is not resolved here.
///
/// @param host a name, an IPv4 literal or an IPv6 literal without brackets
record HostPort(String host, int port) {
  private static final int MOST_PORT = 65535;

  /// @param leastPort 0 where it means a free one, else 1
  /// @param form what may be written, for the sentence about a text without a colon
  static HostPort read(String text, int leastPort, String form) throws BadValueException {
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      throw new BadValueException("is not " + form);
    }
    String host = host(text.substring(0, colon));
    String port = text.substring(colon + 1);
    String bounds = " (" + leastPort + " to " + MOST_PORT + ")";
    if (!port.matches("[0-9]{1,5}")) {
      throw new BadValueException("has no port after the colon" + bounds);
    }
    int number = Integer.parseInt(port);
    if (number < leastPort || number > MOST_PORT) {
      throw new BadValueException("has a port out of bounds" + bounds);
    }
    return new HostPort(host, number);
  }

  private static String host(String text) throws BadValueException {
    if (text.startsWith("[") && text.endsWith("]")) {
      String literal = text.substring(1, text.length() - 1);
      if (literal.indexOf(':') < 0) {
        throw new BadValueException("has no IPv6 address between its brackets");
      }
      Texts.address(literal);
      return literal;
    }
    if (text.indexOf(':') >= 0) {
      throw new BadValueException("needs brackets around its IPv6 address, as in [::1]:8081");
    }
    return Texts.hostName(text);
  }

  /// From which [#read] gives an equal value.
  String text() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]:" : host + ":") + port;
  }
}
