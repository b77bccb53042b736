package net.khttpd.settings;

/// Where a backend listens: what one entry of `backend` says. A name is resolved when the server
/// starts, not here.
public sealed interface BackendAddress {
  /// `sun_path` of unix(7) holds 108 bytes, the last is NUL.
  int LONGEST_PATH = 107;

  /// The text of the entry, from which [#read] gives an equal value.
  String text();

  /// A TCP address; the host is a name, an IPv4 literal or an IPv6 literal without brackets.
  record Tcp(String host, int port) implements BackendAddress {
    @Override
    public String text() {
      return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
  }

  /// A unix domain socket by its absolute path.
  record Unix(String path) implements BackendAddress {
    @Override
    public String text() {
      return "unix:" + path;
    }
  }

  /// Reads `HOST:PORT`, `[IPv6]:PORT` or `unix:/PATH`.
  static BackendAddress read(String text) throws BadValueException {
    if (text.startsWith("unix:")) {
      String path = text.substring("unix:".length());
      Texts.absolutePath(path);
      if (path.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > LONGEST_PATH) {
        throw new BadValueException("has a path longer than 107 bytes, the most unix(7) allows");
      }
      return new Unix(path);
    }
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      throw new BadValueException("is not HOST:PORT, [IPv6]:PORT or unix:/PATH");
    }
    return new Tcp(host(text.substring(0, colon)), port(text.substring(colon + 1)));
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
      throw new BadValueException("needs brackets around its IPv6 address: [::1]:8081");
    }
    return Texts.hostName(text);
  }

  private static int port(String text) throws BadValueException {
    if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new BadValueException("has no port after the colon (1 to 65535)");
    }
    int port = Integer.parseInt(text);
    if (port < 1 || port > 65535) {
      throw new BadValueException("has a port out of bounds (1 to 65535)");
    }
    return port;
  }
}
