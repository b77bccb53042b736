package net.khttpd.demo;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The backend's answers that only tell something: the time, the request as it arrived, the
/// journal. Used by all threads.
final class Facts {
  private final Answers answers;
  private final Journal journal;
  private final Clock clock;

  Facts(Answers answers, Journal journal, Clock clock) {
    this.answers = answers;
    this.journal = journal;
    this.clock = clock;
  }

  void time(HttpExchange exchange) throws IOException {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("time", clock.instant().toString());
    facts.put("epochMillis", clock.millis());
    facts.put("requestsSeen", journal.seen().total());
    answers.facts(
        exchange,
        200,
        "The time, asked of the backend",
        "<p class=\"lead\">No file could say this, so kHTTPd passed the request on.</p>",
        facts);
  }

  void headers(HttpExchange exchange) throws IOException {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("request", requestLine(exchange));
    new TreeMap<>(exchange.getRequestHeaders())
        .forEach((name, values) -> facts.put(name, String.join(", ", values)));
    answers.facts(
        exchange,
        200,
        "What the backend received",
        "<p class=\"lead\">The request after kHTTPd has relayed it. <code>Via</code> and"
            + " <code>X-Forwarded-*</code> are kHTTPd’s additions; the rest is your client’s.</p>",
        facts);
  }

  void seen(HttpExchange exchange) throws IOException {
    Journal.Seen seen = journal.seen();
    if (Answers.wantsHtml(exchange)) {
      String rows =
          seen.last().reversed().stream()
              .map(e -> "<li>" + Markup.html(e.method() + " " + e.target()) + "</li>")
              .collect(Collectors.joining("", "<ol reversed class=\"journal\">", "</ol>"));
      answers.page(
          exchange,
          200,
          "What was passed on",
          "<p class=\"lead\">"
              + seen.total()
              + " requests reached the backend so far. Everything else you have seen was sent by"
              + " kHTTPd itself.</p>"
              + rows);
      return;
    }
    String last =
        seen.last().stream()
            .map(e ->
                "{\"n\":%d,\"method\":%s,\"target\":%s}"
                    .formatted(e.number(), Markup.json(e.method()), Markup.json(e.target())))
            .collect(Collectors.joining(",", "[", "]"));
    Answers.send(
        exchange,
        200,
        "application/json",
        "{\"total\":" + seen.total() + ",\"last\":" + last + "}\n");
  }

  static String requestLine(HttpExchange exchange) {
    return exchange.getRequestMethod()
        + " "
        + exchange.getRequestURI()
        + " "
        + exchange.getProtocol();
  }
}
