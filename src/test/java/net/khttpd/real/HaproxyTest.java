package net.khttpd.real;

import static net.khttpd.frontdoor.harness.Wire.get;
import static net.khttpd.frontdoor.harness.Wire.request;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.FrontServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// HAProxy in front of us, Apache behind us: a proxy that reuses connections and adds fields of its
/// own is as good a client as any. And HAProxy behind us, with Apache behind it, as a backend.
final class HaproxyTest extends RealWorld {
  private int apache;
  private int haproxy;
  private int behind;
  private int before;

  @Override
  void start() throws Exception {
    apache = own(Apache.start(site.outside(), site.root(), "")).port();
    int us = own(Khttpd.run(engine, site.root(), "clientport=" + apache)).port();
    haproxy = haproxy("front.cfg", us);
    behind = haproxy("behind.cfg", apache);
    before = own(FrontServer.start(engine, site.root(), List.of("clientport=" + behind))).port();
  }

  private int haproxy(String name, int to) throws Exception {
    int port = Program.freePort();
    Path conf =
        Scripts.copy(
            "haproxy.cfg", site.outside().resolve(name), Map.of("PORT", "" + port, "US", "" + to));
    own(Program.start(site.outside(), "/usr/sbin/haproxy", "-db", "-f", "" + conf))
        .awaitListening(port);
    return port;
  }

  static Stream<String> requests() {
    return Stream.of(
        get("/index.html"),
        get("/medium.html"),
        request("HEAD", "/medium.html"),
        get("/nowhere.html"),
        get("/menu"),
        get("/cgi-bin/echo.sh?a=1"),
        get("/cgi-bin/large.sh?900"),
        request("POST", "/cgi-bin/digest.sh", "Content-Length: 7") + "a=1&b=2",
        request("POST", "/cgi-bin/digest.sh", "Transfer-Encoding: chunked")
            + "3\r\nabc\r\n0\r\n\r\n");
  }

  @ParameterizedTest
  @MethodSource("requests")
  void anAnswerThroughBothIsTheOneOfApache(String request) throws Exception {
    Answer directly = ask(apache, request);
    Answer through = ask(haproxy, request);
    if (through.field("Server").orElse("").equals("khttpd")) {
      Same.served(directly, through);
    } else {
      Same.passedOnTwice(directly, through);
    }
  }

  @ParameterizedTest
  @MethodSource("requests")
  void anAnswerOfHaproxyBehindUsIsAsDirectly(String request) throws Exception {
    Answer directly = ask(behind, request);
    Answer through = ask(before, request);
    if (through.field("Server").orElse("").equals("khttpd")) {
      Same.served(directly, through);
    } else {
      Same.passedOn(directly, through);
    }
  }

  @Test
  void aLargeUploadThroughBothArrivesWhole() throws Exception {
    Path large = site.root().resolve("large.iso");
    String url = Curl.url(haproxy, "/cgi-bin/digest.sh");
    String said = Curl.text("-T", "" + large, "-X", "POST", url);
    assertEquals(Curl.of(large).toString(), said.strip());
  }
}
