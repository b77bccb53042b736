package net.khttpd.passon;

/// Where a [Relay] is, in the order in which an exchange comes there.
enum Stage {
  /// Belongs to no client.
  FREE,

  /// A chunked body is under way: what has come of it is judged before a backend hears of it, and
  /// that is all there is only once the continuous receive is over.
  GATHERING,

  /// All connections are taken: stands in the queue for one, at most until the queue's deadline.
  WAITING,

  /// The pool had no connection: a backend is being connected to.
  CONNECTING,

  /// The request goes out and the response comes in, independently of each other. The connection is
  /// left as soon as the response is complete, before the client has all of it. A [Tunnel] stays
  /// here until both sides have ended.
  RELAYING,

  /// The outcome is decided; what is in flight to or from the client comes to rest. Then the client
  /// goes on.
  ENDING
}
