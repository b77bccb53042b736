package net.khttpd.way;

import net.khttpd.client.Client;
import net.khttpd.client.Exchange;
import net.khttpd.client.RequestId;
import net.khttpd.decide.Rule;
import net.khttpd.http.RequestHead;
import org.jspecify.annotations.Nullable;

/// The log stage: told once of every request, whatever became of it. Used by the loop's thread.
interface RequestLog {
  RequestLog OFF = new Off();

  /// As the status of [#relayed]: the socket was handed over, and who has it answers.
  int HANDED_OVER = -1;

  void served(Client client, RequestHead head, int status, long bytes, boolean hit);

  void refused(Client client, RequestHead head, int status, long bytes, @Nullable Rule rule);

  /// A head that could not be parsed, or never came.
  void malformed(Client client, int status, long bytes);

  /// The head is about to go; [#relayed] follows.
  void passedOn(Client client, RequestHead head, Rule rule);

  /// A request that was passed on is over; `status` 0: the client got no answer.
  ///
  /// @param backend that was asked last; empty if none was
  /// @param id of the request in its first `idLength` octets
  void relayed(Client client, int status, long bytes, byte[] backend, byte[] id, int idLength);

  /// The same, of an exchange that ends.
  static void relayed(
      RequestLog log, Client client, int status, long bytes, @Nullable Exchange exchange) {
    RequestId id = exchange == null ? RequestId.NONE : exchange.requestId();
    byte[] backend = exchange == null ? Exchange.NO_BACKEND : exchange.backend();
    log.relayed(client, status, bytes, backend, id.octets(), id.length());
  }

  /// No access log.
  final class Off implements RequestLog {
    @Override
    public void served(Client client, RequestHead head, int status, long bytes, boolean hit) {}

    @Override
    public void refused(
        Client client, RequestHead head, int status, long bytes, @Nullable Rule rule) {}

    @Override
    public void malformed(Client client, int status, long bytes) {}

    @Override
    public void passedOn(Client client, RequestHead head, Rule rule) {}

    @Override
    public void relayed(
        Client client, int status, long bytes, byte[] backend, byte[] id, int idLength) {}
  }
}
