package net.khttpd.real;

import static net.khttpd.frontdoor.harness.Wire.get;
import static net.khttpd.frontdoor.harness.Wire.request;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Us on the front port with a real Apache behind (the second deployment of khttpd-2.4.md §10):
/// every answer through us is the one that Apache gives directly.
final class ApacheTest extends RealWorld {
  private static final String BASIC = "Authorization: Basic YW5uYTp3YXZl"; // anna:wave
  private static final String OLD = "If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT";
  private static final String FORM = "Content-Type: application/x-www-form-urlencoded";

  private int apache;
  private int us;

  @Override
  void start() throws Exception {
    apache = own(Apache.start(site.outside(), site.root(), "")).port();
    us = own(Khttpd.run(engine, site.root(), "clientport=" + apache)).port();
  }

  static Stream<String> plainlyStatic() {
    return Stream.concat(
        Stream.of(TYPES).map(type -> get("/types/file." + type)),
        Stream.of(
            get("/index.html"),
            get("/empty.txt"),
            get("/a%20b/c.txt"),
            get("/medium.html"),
            get("/medium.html", "Range: bytes=100-199"),
            get("/medium.html", "Range: bytes=-5"),
            get("/medium.html", "Range: bytes=299999-"),
            get("/medium.html", "Range: bytes=5-9,0-2", "If-Range: Thu, 29 Feb 2024 12:34:55 GMT"),
            get("/medium.html", "Range: bytes=0-9", "If-Range: Thu, 29 Feb 2024 12:34:56 GMT"),
            get("/medium.html", "If-Match: \"x\""),
            get("/medium.html", "If-Unmodified-Since: Thu, 29 Feb 2024 12:34:55 GMT"),
            get("/medium.html", "If-Unmodified-Since: Thu, 29 Feb 2024 12:34:56 GMT"),
            request("HEAD", "/medium.html"),
            get("/index.html", OLD),
            get("/index.html", "If-None-Match: *"),
            get("/index.html", "If-Modified-Since: Thu, 29 Feb 2024 12:34:55 GMT"),
            "GET /index.html HTTP/1.0\r\n\r\n",
            "GET /index.html HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  }

  static Stream<String> everythingElse() {
    return Stream.of(
        get("/"),
        get("/index.html?v=1"),
        get("/menu"),
        get("/menu/"),
        get("/nowhere.html"),
        get("/moved"),
        get("/gone"),
        get("/private.html"),
        get("/page.php"),
        get("/secret/plan.html"),
        get("/secret/plan.html", BASIC),
        get("/secret/plan.html", BASIC + "x"),
        get("/index.html", BASIC),
        get("/talk/page", "Accept-Language: de"),
        get("/talk/page", "Accept-Language: en"),
        get("/a%2Fb.txt"),
        get("/types/../index.html"),
        get("/cgi-bin/echo.sh?a=1&b=%20", "Accept: text/*", "Cookie: c=d; e=f", "X-Same: yes"),
        get("/cgi-bin/echo.sh/more/path%20info"),
        get("/cgi-bin/missing.sh"),
        get("/cgi-bin/status.sh?404"),
        get("/cgi-bin/status.sh?503"),
        get("/cgi-bin/status.sh?204"),
        get("/cgi-bin/status.sh?304"),
        get("/cgi-bin/large.sh?900"),
        request("HEAD", "/cgi-bin/echo.sh?x"),
        request("HEAD", "/nowhere.html"),
        request("OPTIONS", "/index.html"),
        request("DELETE", "/index.html"),
        request("POST", "/cgi-bin/digest.sh", FORM, "Content-Length: 7") + "a=1&b=2",
        request("POST", "/cgi-bin/digest.sh", "Transfer-Encoding: chunked")
            + "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n",
        request("POST", "/cgi-bin/digest.sh", "Content-Length: 0"),
        request("POST", "/nowhere.html", "Content-Length: 3") + "abc",
        "GET /cgi-bin/echo.sh HTTP/1.0\r\nHost: front.test\r\n\r\n",
        "GET /cgi-bin/large.sh?100 HTTP/1.0\r\nHost: front.test\r\n\r\n");
  }

  @ParameterizedTest
  @MethodSource("plainlyStatic")
  void aPlainFileIsServedByUsAsApacheWould(String request) throws Exception {
    Same.served(ask(apache, request), ask(us, request));
  }

  @ParameterizedTest
  @MethodSource("everythingElse")
  void everythingElseIsAnsweredByApacheThroughUs(String request) throws Exception {
    Same.passedOn(ask(apache, request), ask(us, request));
  }
}
