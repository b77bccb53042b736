package net.khttpd.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/// `/app/echo`: says what arrived in a request's body: its length, its digest and its beginning. A
/// body of any length is read and none is kept, so that an upload can be compared with `sha256sum`
/// at its origin.
final class Echo implements HttpHandler {
  private static final int CHUNK_BYTES = 64 * 1024;
  private static final int SHOWN_BYTES = 512;

  private final Answers answers;

  Echo(Answers answers) {
    this.answers = answers;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      exchange.getResponseHeaders().set("Allow", "POST");
      answers.page(
          exchange,
          405,
          "Send something",
          "<p class=\"lead\">This address answers a POST: use the form on"
              + " <a href=\"/live.html#echo\">the live page</a>.</p>");
      return;
    }
    answers.facts(
        exchange,
        200,
        "What arrived at the backend",
        "<p class=\"lead\">A POST is never a file, so kHTTPd passed it on and relayed your bytes as"
            + " they came. Nothing was kept.</p>",
        read(exchange));
  }

  private static Map<String, Object> read(HttpExchange exchange) throws IOException {
    MessageDigest digest = sha256();
    byte[] chunk = new byte[CHUNK_BYTES];
    byte[] beginning = new byte[0];
    long bytes = 0;
    InputStream in = exchange.getRequestBody();
    for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
      if (bytes == 0) {
        beginning = java.util.Arrays.copyOf(chunk, Math.min(n, SHOWN_BYTES));
      }
      digest.update(chunk, 0, n);
      bytes += n;
    }
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("request", Facts.requestLine(exchange));
    put(facts, exchange, "Content-Type");
    put(facts, exchange, "Content-Length");
    put(facts, exchange, "Transfer-Encoding");
    facts.put("bytes", bytes);
    facts.put("sha256", HexFormat.of().formatHex(digest.digest()));
    facts.put("beginning", new String(beginning, StandardCharsets.UTF_8));
    return facts;
  }

  private static void put(Map<String, Object> facts, HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    if (value != null) {
      facts.put(name, value);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
