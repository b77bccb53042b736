package net.khttpd.settings;

/// How a backend is told whose connection it is, beside the fields of the request: the value of
/// `backend_proxy`.
public enum BackendProxy {
  /// Not at all: a connection serves any client, one after the other.
  OFF,
  /// By the line of version 1 of the PROXY protocol.
  V1,
  /// By the binary header of version 2.
  V2
}
