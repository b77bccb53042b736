package net.khttpd.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Makes the answer of a case: any status, any framing, odd heads within the limits.
final class Answers {
  private static final int[] STATUSES = {
    200, 200, 200, 200, 201, 202, 203, 204, 204, 205, 206, 207, 226, 299, 300, 301, 302, 303, 304,
    304, 307, 308, 400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 413, 414, 415, 416, 417,
    418, 421, 422, 425, 426, 428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 507, 511, 599
  };

  private static final List<String> REASONS =
      List.of(
          " OK",
          " ",
          "",
          " Not at all",
          " caf\u00e9 \u00ff",
          " two  blanks \tand a tab",
          " " + "long ".repeat(200));

  private static final List<String> FIELDS =
      List.of(
          "Content-Type: text/html; charset=utf-8",
          "Server: a backend/1.0 (of a test)",
          "Date: Thu, 29 Feb 2024 12:34:56 GMT",
          "Set-Cookie: a=1; Path=/",
          "Set-Cookie: a=1; Path=/",
          "Set-Cookie: b=\"2\"; HttpOnly, c=3",
          "ETag: W/\"x\"",
          "Last-Modified: Thu, 29 Feb 2024 12:34:56 GMT",
          "Expires: 0",
          "Cache-Control: no-store",
          "Cache-Control: private",
          "Vary: *",
          "Location: /elsewhere?x=caf\u00e9",
          "WWW-Authenticate: Basic realm=\"x\"",
          "WWW-Authenticate: Negotiate",
          "Content-Range: bytes 0-9/100",
          "Accept-Ranges: none",
          "Content-Encoding: br",
          "Content-Disposition: attachment; filename=\"a \u00ff\"",
          "Link: </a.css>; rel=preload",
          "X-Empty:",
          "X-Blanks: \t inner  blanks \t ",
          "X_Under: score",
          "x-lower:tight",
          "X-High: \u0080\u00ff",
          "Allow: GET, HEAD",
          "Retry-After: 120",
          "Age: 5",
          "Via: 1.1 elsewhere",
          "Alt-Svc: clear",
          "Strict-Transport-Security: max-age=1",
          "Content-Security-Policy: default-src 'none'",
          "X-Forwarded-For: of an answer",
          "Keep-Alive: timeout=5, max=99",
          "Connection: X-Hop",
          "X-Hop: of this connection",
          "Proxy-Connection: keep-alive");

  private static final int[] SIZES = {
    0, 0, 1, 7, 100, 1_023, 1_024, 8_191, 16_384, 16_385, 32_767, 32_768, 32_769, 65_536, 70_001,
    300_000
  };

  private final Random random;
  private final boolean bare;
  private final int minorVersion;
  private final int status;
  private final List<String> interims = new ArrayList<>();
  private boolean closes;
  private final String last;

  Answers(Random random, String method, int minorVersion) {
    this.random = random;
    this.minorVersion = minorVersion;
    status = STATUSES[random.nextInt(STATUSES.length)];
    bare = method.equals("HEAD") || status == 204 || status == 304;
    for (int left = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0; left > 0; left--) {
      interims.add(interim());
    }
    last = answer();
  }

  List<String> interims() {
    return interims;
  }

  String last() {
    return last;
  }

  boolean closes() {
    return closes;
  }

  private String interim() {
    return switch (random.nextInt(3)) {
      case 0 -> "HTTP/1.1 100 Continue\r\n\r\n";
      case 1 -> "HTTP/1.1 102 Processing\r\nX-Part: 1\r\n\r\n";
      default -> "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nLink: </b.js>\r\n\r\n";
    };
  }

  private String answer() {
    int backend = random.nextInt(8) == 0 ? 0 : 1;
    var fields = new ArrayList<String>();
    for (int left = random.nextInt(8); left > 0; left--) {
      fields.add(FIELDS.get(random.nextInt(FIELDS.size())));
    }
    switch (random.nextInt(30)) {
      case 0 -> fields.add("X-Huge: " + "0123456789".repeat(2_500));
      case 1 -> {
        for (int i = 0; i < 200; i++) {
          fields.add("X-Many-" + i + ": " + i);
        }
      }
      default -> {}
    }
    closes = backend == 0 || random.nextInt(10) == 0;
    if (closes && backend == 1) {
      fields.add("Connection: close");
    }
    String content = framed(backend, fields);
    var text = new StringBuilder("HTTP/1." + backend + " " + status);
    text.append(REASONS.get(random.nextInt(REASONS.size()))).append("\r\n");
    fields.forEach(field -> text.append(field).append("\r\n"));
    return text.append("\r\n").append(content).toString();
  }

  /// Adds the fields of the framing; returns the body as framed.
  private String framed(int backend, List<String> fields) {
    String content = Octets.random(random, bare ? 0 : SIZES[random.nextInt(SIZES.length)]);
    int framing = random.nextInt(4);
    if (framing == 0 && backend == 1 && !isBodiless()) {
      fields.add("Transfer-Encoding: chunked");
      String trailers =
          random.nextInt(3) == 0 ? "X-Sum: " + content.length() + "\r\nx-last:\r\n" : "";
      if (!trailers.isEmpty()) {
        fields.add("Trailer: X-Sum");
      }
      return bare ? "" : Octets.chunks(random, content, trailers);
    }
    if (framing == 1) {
      closes |= !bare; // its end is the body's
      return content;
    }
    if (!isBodiless() || (status == 304 && random.nextBoolean())) {
      fields.add("Content-Length: " + (bare ? 4_711 : content.length()));
    }
    return content;
  }

  /// Whatever the method was.
  private boolean isBodiless() {
    return status == 204 || status == 304;
  }
}
