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
      return new HostPort(host, port).text();
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
    HostPort tcp = HostPort.read(text, 1, "HOST:PORT, [IPv6]:PORT or unix:/PATH");
    return new Tcp(tcp.host(), tcp.port());
  }
}
