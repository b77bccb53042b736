package net.khttpd.passon;

import static java.nio.charset.StandardCharsets.US_ASCII;

import net.khttpd.client.RequestId;
import net.khttpd.log.EventLog;
import org.jspecify.annotations.Nullable;

/// Writes into the event log why a request was answered 502, 503 or 504 instead of by a backend,
/// with the id by which the access log, the backend's log and the client's page know it. Of many in
/// a short time only the first are shown: the access log has all. Stateless.
final class Failures {
  private final EventLog log;

  Failures(EventLog log) {
    this.log = log;
  }

  /// @param stage at which the request ended
  /// @param asked the backend that was asked last; null: none was
  void tell(int status, Stage stage, @Nullable Backend asked, RequestId id) {
    String why =
        switch (status) {
          case 502 -> stage == Stage.RELAYING ? "gave no valid answer" : "could not be reached";
          case 503 ->
              stage == Stage.WAITING ? "had no connection free in time" : "could not be asked";
          case 504 ->
              stage == Stage.RELAYING ? "did not answer in time" : "took no connection in time";
          default -> "";
        };
    if (why.isEmpty()) {
      return; // the client's fault
    }
    String whom = asked == null ? "no backend" : asked.text();
    log.event(
        status + " " + whom,
        () ->
            "answered %d%s: %s %s"
                .formatted(
                    status,
                    named(id),
                    asked == null ? "the backends" : "backend " + asked.text(),
                    why));
  }

  private static String named(RequestId id) {
    String text = new String(id.octets(), 0, id.length(), US_ASCII);
    return text.isEmpty() ? "" : " to request " + text;
  }
}
