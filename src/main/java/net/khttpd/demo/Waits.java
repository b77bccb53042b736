package net.khttpd.demo;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;

/// The backend's answers that take their time: `/app/stream`, a tick a second as server-sent events
/// over a chunked answer, and `/app/slow`. At most [#AT_ONCE] of them run; more get 503, so that
/// the backend's other answers keep their workers.
final class Waits {
  private static final int AT_ONCE = 24;
  private static final int MOST_TICKS = 60;
  private static final int MOST_SECONDS = 10;

  private final Semaphore running = new Semaphore(AT_ONCE);
  private final Answers answers;
  private final Clock clock;

  Waits(Answers answers, Clock clock) {
    this.answers = answers;
    this.clock = clock;
  }

  /// `n` ticks (1..60, default 10), `every` milliseconds (10..1000, default 1000).
  void stream(HttpExchange exchange) throws IOException {
    bounded(exchange, this::ticks);
  }

  /// Answers after `seconds` (0..10, default 2).
  void slow(HttpExchange exchange) throws IOException {
    bounded(exchange, this::pause);
  }

  private void ticks(HttpExchange exchange) throws IOException, InterruptedException {
    int ticks = Answers.number(exchange, "n", 1, MOST_TICKS, 10);
    int everyMillis = Answers.number(exchange, "every", 10, 1000, 1000);
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    for (int tick = 1; tick <= ticks; tick++) {
      if (tick > 1) {
        Thread.sleep(everyMillis);
      }
      String event =
          "id: %d\ndata: {\"tick\":%d,\"of\":%d,\"time\":\"%s\"}\n\n"
              .formatted(tick, tick, ticks, clock.instant());
      out.write(event.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }

  private void pause(HttpExchange exchange) throws IOException, InterruptedException {
    int seconds = Answers.number(exchange, "seconds", 0, MOST_SECONDS, 2);
    Thread.sleep(seconds * 1000L);
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("waitedSeconds", seconds);
    answers.facts(
        exchange,
        200,
        "That took a while",
        "<p class=\"lead\">The backend slept; meanwhile kHTTPd served everybody else.</p>",
        facts);
  }

  private void bounded(HttpExchange exchange, Waiting answer) throws IOException {
    if (!running.tryAcquire()) {
      exchange.getResponseHeaders().set("Retry-After", "5");
      answers.page(exchange, 503, "Too many are waiting", "<p class=\"lead\">Try again soon.</p>");
      return;
    }
    try {
      answer.handle(exchange);
    } catch (InterruptedException e) {
      // The backend is being stopped: the client sees its answer end.
      Thread.currentThread().interrupt();
    } finally {
      running.release();
    }
  }

  private interface Waiting {
    void handle(HttpExchange exchange) throws IOException, InterruptedException;
  }
}
