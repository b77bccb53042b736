package net.khttpd.passon;

import static java.nio.charset.StandardCharsets.US_ASCII;

import net.khttpd.client.RequestId;
import net.khttpd.log.EventLog;
import org.jspecify.annotations.Nullable;

/// Writes into the event log why a request was answered 502, 503 or 504 instead of by a backend, or
/// why its answer was cut, with the id by which the access log, the backend's log and the client's
/// page know it. Of many in a short time only the first are shown: the access log has all.
/// Stateless.
final class Failures {
  private final EventLog log;

  Failures(EventLog log) {
    this.log = log;
  }

  /// @param status 502, 503 or 504; any other is the client's fault, and no event
  /// @param begun whether a part of the backend's answer has been sent
  /// @param stage at which the request ended
  /// @param asked the backend that was asked last; null: none was
  void tell(int status, boolean begun, Stage stage, @Nullable Backend asked, RequestId id) {
    String why = begun ? whyCut(status) : why(status, stage);
    if (!why.isEmpty()) {
      String whom = asked == null ? "the backends" : "backend " + asked.text();
      log.event(
          why + whom,
          () -> (begun ? "cut the answer" : "answered " + status) + named(id) + whom + " " + why);
    }
  }

  private static String whyCut(int status) {
    return switch (status) {
      case 502 -> "broke off";
      case 504 -> "fell silent";
      default -> "";
    };
  }

  private static String why(int status, Stage stage) {
    boolean relaying = stage == Stage.RELAYING;
    return switch (status) {
      case 502 -> relaying ? "gave no valid answer" : "could not be reached";
      case 503 -> stage == Stage.WAITING ? "had no connection free in time" : "could not be asked";
      case 504 -> relaying ? "did not answer in time" : "took no connection in time";
      default -> "";
    };
  }

  private static String named(RequestId id) {
    String text = new String(id.octets(), 0, id.length(), US_ASCII);
    return (text.isEmpty() ? "" : " to request " + text) + ": ";
  }
}
