package net.khttpd.real;

import static net.khttpd.frontdoor.harness.Wire.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// The first deployment of khttpd-2.4.md §10: Apache keeps the front port and we stand beside it
/// with the same document root; pages link to our port, or Apache passes some paths to us. (The
/// second, us in front, is what the other classes test.)
final class DeploymentTest extends RealWorld {
  private int apache;
  private int us;

  @Override
  void start() throws Exception {
    int port = Program.freePort();
    apache = Program.freePort();
    String toUs = "ProxyPass /types/ http://127.0.0.1:" + port + "/types/\n";
    own(Apache.start(site.outside(), site.root(), apache, toUs + "ProxyVia Off"));
    String[] settings = {"serverport=" + port, "clientport=" + apache};
    us = own(Khttpd.run(engine, site.root(), settings)).port();
    assertEquals(port, us);
  }

  @Test
  void aLinkedFileComesFromOurPortAsFromApaches() throws Exception {
    Same.served(ask(apache, get("/medium.html")), ask(us, get("/medium.html")));
  }

  @Test
  void aPathThatApachePassesToUsIsServedByUs() throws Exception {
    for (String type : TYPES) {
      String request = get("/types/file." + type);
      assertEquals("khttpd", ask(apache, request).field("Server").orElse(""));
      Same.served(ask(us, request), ask(apache, request));
    }
  }

  @Test
  void aPageThatIsNotStaticIsApachesOnBothPorts() throws Exception {
    String request = get("/cgi-bin/echo.sh?which=port");
    Same.passedOn(ask(apache, request), ask(us, request));
  }

  /// Apache passes it to us, we pass it on to Apache, which would pass it to us for ever.
  @Test
  void aFileThatNeitherHasDoesNotGoRoundInCircles() throws Exception {
    var answer = ask(apache, get("/types/absent.png"));
    assertEquals(508, answer.status());
    assertTrue(answer.complete());
  }
}
