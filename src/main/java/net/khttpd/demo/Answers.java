package net.khttpd.demo;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Sends the backend's answers: a page to whoever asks for HTML (a browser going there), JSON to
/// everybody else (a script, curl). Shared by all threads.
final class Answers {
  private final String frame;

  Answers(String frame) {
    this.frame = frame;
  }

  /// The same facts as a page under `title` with `lead` (HTML) above them, or as JSON.
  void facts(HttpExchange exchange, int status, String title, String lead, Map<String, ?> facts)
      throws IOException {
    if (wantsHtml(exchange)) {
      page(exchange, status, title, lead + Markup.list(shown(facts)));
    } else {
      send(exchange, status, "application/json", Markup.json(facts) + "\n");
    }
  }

  /// A page of the site's look; `body` is HTML.
  void page(HttpExchange exchange, int status, String title, String body) throws IOException {
    send(exchange, status, "text/html; charset=utf-8", Markup.page(frame, title, body));
  }

  static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    send(exchange, status, type, body);
  }

  static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Vary", "Accept");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    // The JDK's server reads a length of 0 as "chunked", and -1 as "no body".
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  static boolean wantsHtml(HttpExchange exchange) {
    String accept = exchange.getRequestHeaders().getFirst("Accept");
    return accept != null && accept.contains("text/html");
  }

  /// The value of `name` in the query, within the bounds, or `otherwise` if it is absent or no
  /// number.
  static int number(HttpExchange exchange, String name, int least, int most, int otherwise) {
    String query = exchange.getRequestURI().getRawQuery();
    if (query != null) {
      for (String pair : query.split("&", -1)) {
        if (pair.matches(name + "=[0-9]{1,6}")) {
          return Math.clamp(Integer.parseInt(pair.substring(name.length() + 1)), least, most);
        }
      }
    }
    return otherwise;
  }

  private static Map<String, String> shown(Map<String, ?> facts) {
    var shown = new java.util.LinkedHashMap<String, String>();
    facts.forEach((name, value) -> {
      if (!(value instanceof Markup.Raw)) {
        shown.put(name, value.toString());
      }
    });
    return shown;
  }
}
