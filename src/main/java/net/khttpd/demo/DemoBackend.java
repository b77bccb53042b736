package net.khttpd.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The full server behind kHTTPd in the demo: the JDK's HTTP server on a free port of 127.0.0.1. It
/// answers `/app/…`, and like any full server it can serve the files, too: those whose requests
/// were passed on for another reason.
///
/// At most [#WORKERS] requests are worked on and [#WAITING] wait; further ones hold its accepting
/// thread, which is its back-pressure.
public final class DemoBackend implements AutoCloseable {
  /// The value of its `Server` field, and of `Server-Timing`, by which the site's pages tell who
  /// answered.
  static final String NAME = "demo-backend";

  private static final int WORKERS = 64;
  private static final int WAITING = 256;
  private static final int BACKLOG = 128;

  private final HttpServer server;
  private final ThreadPoolExecutor workers;
  private final Journal journal = new Journal();

  private DemoBackend(HttpServer server, ThreadPoolExecutor workers) {
    this.server = server;
    this.workers = workers;
  }

  /// Starts a backend for the site under `root`; it accepts when this returns.
  ///
  /// @throws IOException if no port can be bound
  public static DemoBackend start(Path root, Clock clock) throws IOException {
    var address = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0);
    var workers =
        new ThreadPoolExecutor(
            WORKERS,
            WORKERS,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            Thread.ofVirtual().name("demo-backend-", 0).factory(),
            new ThreadPoolExecutor.CallerRunsPolicy());
    DemoBackend backend = new DemoBackend(HttpServer.create(address, BACKLOG), workers);
    backend.server.setExecutor(workers);
    backend.routes(root, new Answers(Markup.frame()), clock);
    backend.server.start();
    return backend;
  }

  /// The port on 127.0.0.1, 1..65535.
  public int port() {
    return server.getAddress().getPort();
  }

  /// Stops at once; requests in progress lose their connection.
  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }

  private void routes(Path root, Answers answers, Clock clock) throws IOException {
    HttpHandler rest = new WholeSite(root, answers);
    Facts facts = new Facts(answers, journal, clock);
    route("/app/time", facts::time, rest);
    route("/app/headers", facts::headers, rest);
    route("/app/seen", facts::seen, rest);
    route("/app/echo", new Echo(answers), rest);
    Waits waits = new Waits(answers, clock);
    route("/app/stream", waits::stream, rest);
    route("/app/slow", waits::slow, rest);
    server.createContext("/", exchange -> answer(rest, exchange));
  }

  /// The JDK's contexts match by prefix; `/app/timetable` is not ours to answer.
  private void route(String path, HttpHandler handler, HttpHandler rest) {
    server.createContext(
        path,
        exchange ->
            answer(exchange.getRequestURI().getPath().equals(path) ? handler : rest, exchange));
  }

  private void answer(HttpHandler handler, HttpExchange exchange) throws IOException {
    // The page that shows the journal asks for it all the time; those questions are not listed.
    if (!exchange.getRequestURI().getPath().equals("/app/seen")) {
      journal.saw(exchange.getRequestMethod(), exchange.getRequestURI().toString());
    }
    exchange.getResponseHeaders().set("Server", NAME);
    exchange.getResponseHeaders().set("Server-Timing", NAME);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    try (exchange) {
      handler.handle(exchange);
    }
  }
}
