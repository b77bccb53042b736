package net.khttpd.settings;

/// Whether a balancer in front of us tells whose connections it passes on, the value of
/// `accept_proxy`. Never guessed: whoever reaches the port could say anything.
public enum AcceptProxy {
  /// Connections are what they seem; a PROXY header is a malformed request.
  FORBIDDEN,
  /// Every connection begins with a PROXY header, or is closed.
  REQUIRED
}
