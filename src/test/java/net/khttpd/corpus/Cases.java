package net.khttpd.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Makes the request of each case from its number. What we refuse on purpose (docs/http.md) is not
/// among them.
public final class Cases {
  /// Tells the backend which case it is.
  static final String NUMBER = "X-Case";

  private static final long SEED = 20_261_124L;

  private static final List<String> METHODS =
      List.of(
          "GET",
          "GET",
          "GET",
          "GET",
          "HEAD",
          "POST",
          "POST",
          "PUT",
          "PATCH",
          "DELETE",
          "OPTIONS",
          "PROPFIND",
          "M-SEARCH",
          "get",
          "X!#$%&'*+.^_`|~9");

  private static final List<String> SEGMENTS =
      List.of(
          "app",
          "a.cgi",
          "page.php",
          "%41bc",
          "%7euser",
          "~user",
          "caf%C3%A9",
          "caf\u00c3\u00a9",
          "%2e%2e",
          "..",
          ".",
          "",
          "a%2Fb",
          "a%5cb",
          "a;v=1.2",
          "a,b",
          "a:b",
          "@",
          "$",
          "(x)",
          "'",
          "*",
          "!",
          "+",
          "%20",
          "%25",
          "%252e",
          "%0a",
          "%09",
          "a=b",
          "&",
          "%c0%ae",
          "[x]",
          "{y}",
          "|",
          "^",
          "`",
          "\"",
          "<",
          ">",
          "\\",
          "x".repeat(900),
          ".git",
          "index.jsp");

  private static final List<String> QUERIES =
      List.of(
          "",
          "?",
          "?a=1",
          "?a=1&b=%20&b=+",
          "??x",
          "?q=/../..",
          "?%01",
          "?x=[1]|2",
          "?caf\u00e9",
          "?a='\"<>",
          "?" + "long=".repeat(300),
          "?utf=%F0%9F%98%80");

  static final List<String> FIELDS =
      List.of(
          "Accept: */*",
          "Accept-Encoding: gzip, br;q=0.5",
          "Accept-Language: de",
          "Cookie: a=1",
          "Cookie: b=\"2\"; c=3",
          "X-Empty:",
          "X-Blanks: \t inner  blanks \t ",
          "X-High: caf\u00e9 \u00ff",
          "X_Under: score",
          "x-lower:tight",
          "X-Long: " + "0123456789".repeat(300),
          "User-Agent: corpus (of a test)",
          "Referer: http://front.test/?x#y",
          "Range: bytes=0-9",
          "Range: bytes=-5,1-2",
          "If-Range: \"tag\"",
          "If-None-Match: \"a\", W/\"b\"",
          "If-None-Match: *",
          "If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT",
          "If-Match: \"c\"",
          "If-Unmodified-Since: Thu, 29 Feb 2024 12:34:56 GMT",
          "Authorization: Basic YW5uYTp3YXZl",
          "Cache-Control: no-cache",
          "Pragma: no-cache",
          "Origin: null",
          "Content-Type: text/plain; charset=\"utf-8\"",
          "Content-Encoding: gzip",
          "X-Requested-With: x",
          "DNT: 1",
          "Max-Forwards: 3",
          "From: someone@front.test",
          "Date: Thu, 29 Feb 2024 12:34:56 GMT",
          "Via: 1.0 elsewhere",
          "X-Forwarded-For: 192.0.2.1",
          "X-Forwarded-Proto: https",
          "X-Forwarded-Host: evil.test",
          "Forwarded: for=192.0.2.1",
          "X-Real-IP: 192.0.2.1",
          "Proxy: http://evil.test",
          "Keep-Alive: timeout=9",
          "Proxy-Connection: keep-alive",
          "TE: gzip;q=0.5",
          "Connection: keep-alive, X-Hop",
          "X-Hop: of this connection",
          "Sec-Fetch-Mode: cors",
          "Priority: u=1, i");

  private static final int[] SIZES = {
    0, 1, 2, 100, 1_023, 1_024, 4_095, 8_192, 16_383, 16_384, 16_385, 32_768, 40_000, 65_535,
    65_536, 65_537, 200_000
  };

  private final Random random;
  private final int number;
  private final String method;
  private final int minorVersion;

  private Cases(int number) {
    this.number = number;
    random = new Random(SEED + number);
    method = one(METHODS);
    minorVersion = random.nextInt(10) == 0 ? 0 : 1;
  }

  /// The same for the same number, everywhere and for ever.
  public static Case of(int number) {
    var cases = new Cases(number);
    String request = cases.request();
    var answers = new Answers(cases.random, cases.method, cases.minorVersion);
    return new Case(
        number,
        cases.method,
        cases.minorVersion,
        cases.pieces(request),
        answers.interims(),
        answers.last(),
        answers.closes());
  }

  private String request() {
    var head = new StringBuilder(method + " " + target() + " HTTP/1." + minorVersion + "\r\n");
    var fields = new ArrayList<String>();
    for (int left = random.nextInt(8); left > 0; left--) {
      fields.add(one(FIELDS));
    }
    fields.add(NUMBER + ": " + number);
    if (minorVersion == 1 || random.nextBoolean()) {
      fields.add(
          random.nextInt(fields.size() + 1),
          "Host: " + one(List.of("front.test", "front.test:8080", "[::1]")));
    }
    if (minorVersion == 0 && random.nextBoolean()) {
      fields.add("Connection: keep-alive");
    }
    String body = body(fields);
    fields.forEach(field -> head.append(field).append("\r\n"));
    return head.append("\r\n").append(body).toString();
  }

  private String target() {
    if (method.equals("OPTIONS") && random.nextInt(3) == 0) {
      return "*";
    }
    var target = new StringBuilder(random.nextInt(12) == 0 ? "http://front.test" : "");
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      target.append('/').append(one(SEGMENTS));
    }
    return target.append(one(QUERIES)).toString();
  }

  /// And the fields that frame it. GET with a body is odd, and allowed.
  private String body(List<String> fields) {
    boolean usual = List.of("POST", "PUT", "PATCH", "PROPFIND").contains(method);
    if (!usual && random.nextInt(12) != 0) {
      return "";
    }
    String content = Octets.random(random, SIZES[random.nextInt(SIZES.length)]);
    if (minorVersion == 1 && random.nextInt(6) == 0) {
      fields.add("Expect: 100-continue");
    }
    if (minorVersion == 0 || random.nextBoolean()) {
      fields.add("Content-Length: " + content.length());
      return content;
    }
    fields.add("Transfer-Encoding: chunked");
    String trailers = "";
    if (random.nextInt(4) == 0) {
      fields.add("Trailer: X-Sum");
      trailers = "X-Sum: " + content.length() + "\r\n";
      trailers += random.nextBoolean() ? "Content-Length: 7\r\nx-last:\r\n" : "";
    }
    return Octets.chunks(random, content, trailers);
  }

  private List<String> pieces(String request) {
    var pieces = new ArrayList<String>();
    int from = 0;
    for (int cuts = random.nextInt(4); cuts > 0 && from < request.length(); cuts--) {
      int to = from + 1 + random.nextInt(request.length() - from);
      pieces.add(request.substring(from, to));
      from = to;
    }
    pieces.add(request.substring(from));
    return pieces;
  }

  private String one(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }
}
