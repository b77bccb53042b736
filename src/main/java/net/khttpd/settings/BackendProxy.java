package net.khttpd.settings;

/// How a backend is told whose connection it is, beside the fields of the request: the value of
/// `backend_proxy`.
public enum BackendProxy {
  /// Not at all: a connection serves any client, one after the other.
  OFF(""),
  /// By the line of version 1 of the PROXY protocol.
  V1("PROXY UNKNOWN\r\n"),
  /// By the binary header of version 2.
  V2("\r\n\r\n\0\r\nQUIT\n \0\0\0");

  private final String nobodys;

  BackendProxy(String nobodys) {
    this.nobodys = nobodys;
  }

  /// The header of a connection that is no client's, in ASCII: the backend is to believe its
  /// socket.
  public String nobodys() {
    return nobodys;
  }
}
