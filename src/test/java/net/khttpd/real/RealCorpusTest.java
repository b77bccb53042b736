package net.khttpd.real;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// Generated requests of applications by Apache and by Tomcat, each sent directly and through us:
/// the same answers. A request is made from its number.
final class RealCorpusTest extends RealWorld {
  private static final int CASES = LONG ? 4_000 : 200;
  private static final long SEED = 20_261_124L;

  private static final List<String> APACHE =
      List.of(
          "/?x",
          "/index.html?v=1",
          "/medium.html?part",
          "/menu",
          "/menu/?a",
          "/nowhere.html",
          "/moved",
          "/moved/more",
          "/gone",
          "/private.html",
          "/secret/plan.html",
          "/talk/page",
          "/talk/page?x",
          "/a%2Fb.txt",
          "/types/../index.html",
          "//index.html?x",
          "/%7euser/",
          "/cgi-bin/echo.sh?a=%20&b",
          "/cgi-bin/echo.sh/more/path%20info",
          "/cgi-bin/missing.sh",
          "/cgi-bin/status.sh?404",
          "/cgi-bin/status.sh?204",
          "/cgi-bin/status.sh?304",
          "/cgi-bin/large.sh?9",
          "/cgi-bin/digest.sh",
          "/index.html/more",
          "/caf%C3%A9",
          "/x|y",
          "/.ht",
          "/%2e%2e/%2e%2e/etc/passwd",
          "/a;b=c",
          "/a%5cb",
          "/a%0ab?x");

  private static final List<String> TOMCAT =
      List.of(
          "/item",
          "/item?x=1",
          "/async",
          "/chunks?1",
          "/chunks?9",
          "/digest",
          "/digest?y",
          "/address",
          "/nowhere",
          "/nowhere.jsp",
          "/a%2Fb",
          "/a%5cb",
          "/a;b=c/item",
          "//item",
          "/./item",
          "/x/../item",
          "/%69tem",
          "/caf%C3%A9",
          "/x|y",
          "/WEB-INF/web.xml",
          "/a%0ab",
          "/item;jsessionid=1");

  private static final List<String> FIELDS =
      List.of(
          "Accept: text/*;q=0.5, */*;q=0.1",
          "Accept-Language: de",
          "Accept-Language: en, de;q=0.5",
          "Accept-Encoding: gzip",
          "Authorization: Basic YW5uYTp3YXZl",
          "Authorization: Basic eDp5",
          "Cookie: a=1; b=\"2\"",
          "If-None-Match: " + Application.ITEM,
          "If-None-Match: *",
          "If-Match: \"x\"",
          "If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT",
          "If-Unmodified-Since: Thu, 29 Feb 2024 12:34:55 GMT",
          "Range: bytes=0-3",
          "Range: bytes=-5",
          "Range: bytes=0-1,5-9",
          "Range: bytes=999999-",
          "If-Range: \"x\"",
          "Referer: http://front.test/x?y",
          "User-Agent: corpus",
          "X-High: caf\u00e9",
          "X-Empty:",
          "Expect: 100-continue");

  private static final List<String> METHODS =
      List.of("GET", "GET", "GET", "GET", "HEAD", "HEAD", "POST", "PUT", "DELETE", "OPTIONS");

  private int apache;
  private int tomcat;
  private int beforeApache;
  private int beforeTomcat;

  @Override
  void start() throws Exception {
    apache = own(Apache.start(site.outside(), site.root(), "")).port();
    tomcat = own(new TomcatServer(site.outside())).port();
    beforeApache = front(apache);
    beforeTomcat = front(tomcat);
  }

  private int front(int application) {
    // A site of its own without files: all is passed on.
    String root = "documentroot=" + site.root().resolve("secret");
    return own(FrontServer.start(engine, site.root(), List.of(root, "clientport=" + application)))
        .port();
  }

  @Test
  void apacheAnswersTheSame() throws Exception {
    assertSame(APACHE, apache, beforeApache);
  }

  @Test
  void tomcatAnswersTheSame() throws Exception {
    assertSame(TOMCAT, tomcat, beforeTomcat);
  }

  private static void assertSame(List<String> targets, int application, int us) throws Exception {
    var wrong = new ArrayList<String>();
    for (int number = 0; number < CASES && wrong.isEmpty(); number++) {
      String request = request(new Random(SEED + number), targets);
      try {
        Same.passedOn(last(application, request), last(us, request));
      } catch (AssertionError e) {
        wrong.add("case " + number + " " + Wire.shown(Wire.bytes(request)) + ": " + e);
      }
    }
    assertEquals(List.of(), wrong);
  }

  private static String request(Random random, List<String> targets) {
    String method = METHODS.get(random.nextInt(METHODS.size()));
    var fields = new ArrayList<String>();
    for (int left = random.nextInt(5); left > 0; left--) {
      String field = FIELDS.get(random.nextInt(FIELDS.size()));
      if (!fields.contains(field)) {
        fields.add(field);
      }
    }
    String body = "";
    if (method.startsWith("P")) {
      String content = "x".repeat(random.nextInt(3_000));
      boolean chunked = random.nextBoolean();
      fields.add(chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + content.length());
      String size = Integer.toHexString(content.length());
      String last = content.isEmpty() ? "0\r\n\r\n" : "\r\n0\r\n\r\n";
      body = chunked ? (content.isEmpty() ? "" : size + "\r\n") + content + last : content;
    } else {
      fields.removeIf(field -> field.startsWith("Expect"));
    }
    String target = targets.get(random.nextInt(targets.size()));
    if (!body.isEmpty() && target.startsWith("/cgi-bin/")) {
      target = "/cgi-bin/digest.sh"; // a script that leaves its input may cost Apache the answer
    }
    return Wire.request(method, target, fields.toArray(String[]::new)) + body;
  }

  /// The final answer, whatever came before it.
  private static Answer last(int port, String request) throws Exception {
    try (var client = new RawClient(port)) {
      client.send(request);
      if (request.startsWith("HEAD ")) {
        return client.readForHead();
      }
      Answer answer = client.read();
      return answer.status() == 100 ? client.read() : answer;
    }
  }
}
