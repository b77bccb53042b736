package net.khttpd.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// Everything that is not `/app/…`: the site's files, as the full server behind would serve them
/// when kHTTPd passed a request on (a query, credentials), and a 404 in the site's look. Used by
/// all threads.
final class WholeSite implements HttpHandler {
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css",
          "js", "text/javascript",
          "svg", "image/svg+xml",
          "webp", "image/webp",
          "png", "image/png",
          "txt", "text/plain");

  private final Map<String, Path> files = new HashMap<>();
  private final Answers answers;

  /// Only files of the list can ever be asked for, so no path of a client's is looked up on the
  /// disk.
  WholeSite(Path root, Answers answers) throws IOException {
    for (String file : DemoSite.files()) {
      files.put("/" + file, root.resolve(file));
    }
    files.put("/", root.resolve("index.html"));
    this.answers = answers;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    Path file = files.get(path);
    String method = exchange.getRequestMethod();
    if (file == null) {
      answers.page(exchange, 404, "There is nothing here", nothingHere(path));
    } else if (method.equals("GET") || method.equals("HEAD")) {
      String name = file.toString();
      String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
      Answers.send(
          exchange,
          200,
          type == null ? "application/octet-stream" : type,
          Files.readAllBytes(file));
    } else {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      answers.page(exchange, 405, "This is a file", "<p class=\"lead\">It can only be read.</p>");
    }
  }

  private static String nothingHere(String path) {
    return "<p class=\"lead\">kHTTPd passed <code>"
        + Markup.html(path)
        + "</code> on, and the backend does not know it either. This page is the backend’s.</p>"
        + "<p><a class=\"button\" href=\"/\">To the beginning</a></p>";
  }
}
