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
    return none() ? "" : new HostPort(host, port).text();
  }

  static MetricsAddress read(String text) throws BadValueException {
    if (text.isEmpty()) {
      return NONE;
    }
    HostPort address = HostPort.read(text, 0, "HOST:PORT or [IPv6]:PORT");
    return new MetricsAddress(address.host(), address.port());
  }
}
