package net.khttpd.client;

/// A request that is with a backend: while a client is PASSED_ON, its events go here.
///
/// The exchange reads the request's body from [Client#input] and asks for more with
/// [Connections#pull]; it sends to the client through the loop's engine whenever [Client#sending]
/// is false. It ends by [Connections#exchangeOver] or [Connections#abort].
public interface Exchange {
  /// What [#backend] says when none was asked.
  byte[] NO_BACKEND = {};

  /// More of the client's bytes lie in its input.
  void clientArrived();

  /// The client has something to read, as the exchange awaited of the engine.
  default void clientReadable() {
    throw new AssertionError("the exchange has not asked");
  }

  /// The client has ended its side (0) or is gone (`-errno`).
  void clientEnded(int result);

  /// The send to the client is over: bytes sent or `-errno`. Also called for answers to earlier
  /// requests of the same connection that were still on the way when the exchange began.
  void clientSent(long result);

  /// The client's receive that was continuous is over: the body may be pulled now.
  void clientReceivingStopped();

  /// The deadline set on the client has passed: it takes nothing (sending) or brings nothing.
  void clientExpired();

  /// Whether the request's method is HEAD: no answer to it has a body.
  boolean isHead();

  /// Status of the response that the client was given, 0 if none.
  int status();

  /// Bytes of the response body, without framing, that were taken from the backend for the client.
  long bytesSent();

  /// The backend that was asked last, as its setting names it; empty if none was. Not to be written
  /// to.
  byte[] backend();
}
