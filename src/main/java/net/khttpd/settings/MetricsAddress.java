package net.khttpd.settings;

/// Where the statistics may be fetched, the value of `metrics_address`. A name is resolved when the
/// address is bound, not here.
///
/// @param host a name, an IPv4 literal or an IPv6 literal without brackets; empty for none
/// @param port 0: a free one
public record MetricsAddress(String host, int port) {
  /// Nowhere.
  public static final MetricsAddress NONE = new MetricsAddress("", 0);

  /// Whether it is [#NONE].
  public boolean none() {
    return host.isEmpty();
  }

  /// As it is printed; empty for none.
  public String text() {
    if (none()) {
      return "";
    }
    return (host.indexOf(':') >= 0 ? "[" + host + "]:" : host + ":") + port;
  }

  static MetricsAddress read(String text) throws BadValueException {
    if (text.isEmpty()) {
      return NONE;
    }
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      throw new BadValueException("is not HOST:PORT or [IPv6]:PORT");
    }
    String port = text.substring(colon + 1);
    if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535) {
      throw new BadValueException("has no port after the colon (0 to 65535)");
    }
    return new MetricsAddress(host(text.substring(0, colon)), Integer.parseInt(port));
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
      throw new BadValueException("needs brackets around its IPv6 address: [::1]:9100");
    }
    return Texts.hostName(text);
  }
}
