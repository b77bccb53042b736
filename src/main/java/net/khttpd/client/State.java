package net.khttpd.client;

/// Where a client's connection is on the way of a request.
public enum State {
  /// A balancer has yet to say whose connection it is ([Client#destination]).
  ANNOUNCED,
  /// Waits for a head, or for the rest of one.
  READING,
  /// A head is complete and a cold file is being looked up.
  LOOKING_UP,
  /// Answers are being sent; the next head waits.
  SENDING,
  /// A request is with a backend; the exchange owns both directions.
  PASSED_ON,
  /// Our side has ended; what the client still sends is thrown away (RFC 9112 §9.6).
  LINGERING,
  /// The engine is taking it out of the loop, for another loop to go on with it.
  LEAVING,
  /// The engine has been told to close.
  CLOSED
}
