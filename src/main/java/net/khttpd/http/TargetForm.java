package net.khttpd.http;

/// The four forms of a request-target (RFC 9112 §3.2).
public enum TargetForm {
  /// `/path?query`
  ORIGIN,
  /// `http://host:port/path?query`; its authority wins over Host.
  ABSOLUTE,
  /// `host:port`, with CONNECT only.
  AUTHORITY,
  /// `*`, with OPTIONS only.
  ASTERISK
}
