package net.khttpd.real;

import static net.khttpd.frontdoor.harness.Wire.get;
import static net.khttpd.frontdoor.harness.Wire.request;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Us in front of a real nginx: every answer through us is the one that nginx gives directly.
final class NginxTest extends RealWorld {
  private int nginx;
  private int us;

  @Override
  void start() throws Exception {
    nginx = own(Nginx.start(site.outside(), site.root())).port();
    us = own(Khttpd.run(engine, site.root(), "clientport=" + nginx)).port();
  }

  static Stream<String> plainlyStatic() {
    return Stream.of(
        get("/types/file.css"),
        get("/types/file.png"),
        get("/types/file.svg"),
        get("/types/file.json"),
        get("/medium.html"),
        get("/empty.txt"),
        get("/a%20b/c.txt"),
        get("/medium.html", "Range: bytes=100-199"),
        get("/medium.html", "Range: bytes=-5"),
        get("/medium.html", "Range: bytes=299999-"),
        get("/medium.html", "Range: bytes=300000-"),
        get("/medium.html", "Range: bytes=5-9,0-2", "If-Range: Thu, 29 Feb 2024 12:34:55 GMT"),
        get("/medium.html", "Range: bytes=0-9", "If-Range: Thu, 29 Feb 2024 12:34:56 GMT"),
        get("/medium.html", "If-Match: \"x\""),
        get("/medium.html", "If-Unmodified-Since: Thu, 29 Feb 2024 12:34:55 GMT"),
        get("/medium.html", "If-Unmodified-Since: Thu, 29 Feb 2024 12:34:56 GMT"),
        request("HEAD", "/medium.html"),
        get("/index.html", "If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT"));
  }

  static Stream<String> everythingElse() {
    return Stream.of(
        get("/"),
        get("/menu"),
        get("/menu/"),
        get("/nowhere.html"),
        get("/moved"),
        get("/private.html", "If-None-Match: *"),
        get("/echo?a=1&b=%20", "Cookie: c=d; e=f"),
        get("/index.html?x", "If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT"),
        request("HEAD", "/medium.html?x"),
        request("POST", "/index.html", "Content-Length: 3") + "abc",
        request("PUT", "/early", "Content-Length: 3") + "abc",
        request("DELETE", "/upload/absent"),
        "GET /echo HTTP/1.0\r\nHost: front.test\r\n\r\n");
  }

  @ParameterizedTest
  @MethodSource("plainlyStatic")
  void aPlainFileIsServedByUsAsNginxWould(String request) throws Exception {
    Same.served(ask(nginx, request), ask(us, request));
  }

  @ParameterizedTest
  @MethodSource("everythingElse")
  void everythingElseIsAnsweredByNginxThroughUs(String request) throws Exception {
    Same.passedOn(ask(nginx, request), ask(us, request));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length", "chunked"})
  void anUploadIsStoredByNginxAsItWasSent(String framing) throws Exception {
    Path large = site.root().resolve("large.iso");
    String chunked = framing.equals("chunked") ? "Transfer-Encoding: chunked" : "X-Same: yes";
    String url = Curl.url(us, "/upload/" + framing);
    String status = Curl.text("-T", "" + large, "-H", chunked, "-w", "%{http_code}", url);
    assertEquals("201", status);
    assertEquals(Curl.of(large), Curl.body(Curl.url(nginx, "/upload/" + framing)));
    assertEquals(Curl.of(large), Curl.body(url));
  }

  /// nginx answers 413 before it has read the body: the answer arrives, the upload ends.
  @Test
  void anEarlyRefusalOfALargeUploadReachesTheClient() throws Exception {
    Path large = site.root().resolve("large.iso");
    String said =
        Curl.text("-T", "" + large, "-H", "Expect:", "-w", "%{http_code}", Curl.url(us, "/early"));
    assertEquals("too much\n413", said);
  }
}
