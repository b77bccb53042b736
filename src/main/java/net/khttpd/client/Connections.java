package net.khttpd.client;

import net.khttpd.http.FileOrder;

/// What the stages can do to a client's connection. One for each loop; its thread only.
public interface Connections {
  /// Room for one pull of a request body.
  int PULL_BYTES = 32 * 1024;

  /// The exchange is complete: its response has been handed to the engine and is out. Goes on with
  /// the next request, or closes if `keepAlive` is false.
  void exchangeOver(Client client, boolean keepAlive);

  /// The exchange ends by an answer of ours (502, 504, 400 …), if no byte of a response has been
  /// sent; closes afterwards when `close`.
  void exchangeRefused(Client client, int status, boolean close);

  /// The exchange ends, and the answer is a file that the backend has ordered, if no byte of a
  /// final response has been sent; closes afterwards unless `keepAlive`.
  void exchangeOrdered(Client client, FileOrder order, boolean keepAlive);

  /// Closes with a reset: what the client has of the answer is not whole.
  void abort(Client client);

  /// Switches from continuous receiving to pulling. True: at once; false: the exchange's
  /// [Exchange#clientReceivingStopped] follows.
  boolean stopReceiving(Client client);

  /// Receives once into the client's input, at most [#PULL_BYTES]; [Exchange#clientArrived] or
  /// [Exchange#clientEnded] follows.
  void pull(Client client);

  /// Receives what comes, unless that is under way or too much lies unread: while the exchange
  /// wants nothing of the client but to know that it is still there.
  void watch(Client client);

  /// Sets the client's deadline, seconds being a matter of the settings: `nanos` from now.
  void deadline(Client client, long nanos);
}
