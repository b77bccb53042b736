package net.khttpd.refuse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import net.khttpd.http.Status;
import net.khttpd.send.HeadTemplate;

/// Our answers to requests that were passed on and that no backend has answered: the id, by which
/// the operator finds the request in the logs, in a field and on a page. The page says what is
/// known and what can be done, and nothing of the backends. Stateless; made when needed, since each
/// is another.
public final class FailedExchange {
  private FailedExchange() {}

  /// The answer with this status: a page for what a visitor may meet (502, 503, 504), else a line.
  ///
  /// @param id empty if there is none; visible ASCII
  public static ErrorAnswer of(Status status, byte[] id) {
    String page =
        switch (status) {
          case BAD_GATEWAY ->
              page(
                  status,
                  id,
                  "The application could not be reached",
                  "The web server is working, but the application behind it could not be reached, or"
                      + " did not answer as it should.",
                  AGAIN + CHECK);
          case SERVICE_UNAVAILABLE ->
              page(
                  status,
                  id,
                  "The application is busy",
                  "The web server is working, but the application behind it cannot take on your request"
                      + " just now.",
                  AGAIN);
          case GATEWAY_TIMEOUT ->
              page(
                  status,
                  id,
                  "The application did not answer in time",
                  "The web server is working, but the application behind it did not answer in time.",
                  AGAIN + CHECK);
          default -> "";
        };
    ErrorAnswer answer = ErrorAnswer.of(status);
    if (page.isEmpty()) {
      return new ErrorAnswer(named(answer.head(), id), answer.body());
    }
    byte[] body = page.getBytes(US_ASCII);
    var head =
        new HeadTemplate(
            "HTTP/1.1 " + status.code() + " " + status.reason(),
            "%sContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\nContent-Length: %d\r\n"
                .formatted(status.fields(), body.length));
    return new ErrorAnswer(named(head, id), body);
  }

  private static final String AGAIN =
      "Please wait a moment, then load the page again. If that does not help, tell whoever runs this"
          + " site.";
  private static final String CHECK =
      " If you were sending something, look whether it has arrived before you send it again.";

  private static String page(Status status, byte[] id, String title, String what, String advice) {
    String text = new String(id, US_ASCII);
    String request = text.isEmpty() ? "" : " &middot; request <code>" + escaped(text) + "</code>";
    return """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>%1$s</title>
    <style>
    body { font: 1rem/1.5 system-ui, sans-serif; max-width: 38em; margin: 15vh auto; padding: 0 1em }
    h1 { font-size: 1.5em } footer { color: #666 }
    @media (prefers-color-scheme: dark) { body { background: #181818; color: #ddd } footer { color: #999 } }
    </style>
    <h1>%1$s</h1>
    <p>%2$s</p>
    <p>%3$s</p>
    <footer>%4$s%5$s</footer>
    </html>
    """
        .formatted(title, what, advice, status.code() + " " + status.reason(), request);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /// The head with the id in a field.
  public static HeadTemplate named(HeadTemplate head, byte[] id) {
    String line = "X-Request-Id: " + new String(id, US_ASCII) + "\r\n";
    return id.length == 0 ? head : head.with(line.getBytes(ISO_8859_1));
  }
}
