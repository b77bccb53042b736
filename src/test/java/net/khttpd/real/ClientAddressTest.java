package net.khttpd.real;

import static net.khttpd.frontdoor.harness.Wire.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The client's address through us, as real programs before and behind us tell and take it. The
/// clients have addresses of the RFCs' examples, which a balancer's PROXY header gives them.
final class ClientAddressTest extends RealWorld {
  private static final String FOUR = "192.0.2.1";
  private static final String SIX = "2001:db8::1";
  private static final String FOUR_LINE = "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n";
  private static final String SIX_LINE = "PROXY TCP6 2001:db8::1 2001:db8::2 56324 443\r\n";
  private static final String REQUIRED = "accept_proxy=required";

  private int apacheByField;
  private int apacheByHeader;
  private int byField;
  private int byHeader;
  private int haproxyV1;
  private int haproxyV2;
  private int behind;
  private int trusting;
  private int state;

  @Override
  void start() throws Exception {
    byField = Program.freePort();
    byHeader = Program.freePort();
    startApache();
    startNginx();
    startHaproxy(us("backend=127.0.0.1:" + byField));
  }

  private int us(String... settings) {
    var all = new ArrayList<String>(List.of(settings));
    all.add(REQUIRED);
    return own(FrontServer.start(engine, site.root(), all)).port();
  }

  /// One port whose address is that of the field, one that wants the header.
  private void startApache() throws Exception {
    apacheByHeader = Program.freePort();
    String remoteIp =
        """
        LoadModule remoteip_module /usr/lib/apache2/modules/mod_remoteip.so
        RemoteIPHeader X-Forwarded-For
        RemoteIPInternalProxy 127.0.0.1
        Listen 127.0.0.1:%1$d
        <VirtualHost 127.0.0.1:%1$d>
          RemoteIPProxyProtocol On
        </VirtualHost>
        """
            .formatted(apacheByHeader);
    apacheByField = own(Apache.start(site.outside(), site.root(), remoteIp)).port();
  }

  private void startNginx() throws Exception {
    Path place = Files.createTempDirectory(site.outside(), "nginx");
    boolean root = "root".equals(System.getProperty("user.name"));
    Path conf =
        Scripts.copy(
            "addresses.conf",
            place.resolve("nginx.conf"),
            Map.of(
                "OWN", "" + place,
                "USER", root ? "user root;" : "",
                "PORT", "" + byField,
                "PROXIED", "" + byHeader));
    own(Program.start(place, "/usr/sbin/nginx", "-p", "" + place, "-c", "" + conf))
        .awaitListening(byField)
        .awaitListening(byHeader);
  }

  private void startHaproxy(int us) throws Exception {
    haproxyV1 = Program.freePort();
    haproxyV2 = Program.freePort();
    behind = Program.freePort();
    trusting = Program.freePort();
    state = Program.freePort();
    Path conf =
        Scripts.copy(
            "addresses.cfg",
            site.outside().resolve("addresses.cfg"),
            Map.of(
                "V1", "" + haproxyV1,
                "V2", "" + haproxyV2,
                "BEHIND", "" + behind,
                "FIELD", "" + trusting,
                "STATE", "" + state,
                "US", "" + us));
    own(Program.start(site.outside(), "/usr/sbin/haproxy", "-db", "-f", "" + conf))
        .awaitListening(state);
  }

  private static String said(int port, String request) throws Exception {
    return ask(port, request).text();
  }

  @Test
  void apacheTakesTheAddressFromTheField() throws Exception {
    int us = us("clientport=" + apacheByField);
    String who = get("/cgi-bin/who.sh", "X-Forwarded-For: 6.6.6.6");
    assertEquals(FOUR, said(us, FOUR_LINE + who).strip());
    assertEquals(SIX, said(us, SIX_LINE + who).strip());
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2"})
  void apacheTakesTheAddressFromTheProxyHeader(String version) throws Exception {
    int us = us("clientport=" + apacheByHeader, "backend_proxy=" + version);
    String who = get("/cgi-bin/who.sh");
    try (var client = new RawClient(us)) {
      client.send(FOUR_LINE);
      for (int i = 0; i < 3; i++) {
        assertEquals(FOUR + " " + FOUR, client.send(who).read().text());
        assertEquals("content of a css", client.send(get("/types/file.css")).read().text());
      }
    }
    assertEquals(SIX + " " + SIX, said(us, SIX_LINE + who));
    try (var direct = new RawClient(apacheByHeader)) {
      direct.send(who).assertGone(); // Apache wants the header of everybody
    }
  }

  @Test
  void nginxTakesTheAddressFromTheField() throws Exception {
    int us = us("backend=127.0.0.1:" + byField);
    String who = get("/who?", "X-Forwarded-For: 6.6.6.6");
    assertEquals(FOUR + " " + FOUR, said(us, FOUR_LINE + who));
    assertEquals(SIX + " " + SIX, said(us, SIX_LINE + who));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2"})
  void nginxTakesTheAddressFromTheProxyHeader(String version) throws Exception {
    int us = us("backend=127.0.0.1:" + byHeader, "backend_proxy=" + version);
    assertEquals(FOUR + " 56324 198.51.100.2 443", said(us, FOUR_LINE + get("/who?")));
    assertEquals(SIX + " 56324 2001:db8::2 443", said(us, SIX_LINE + get("/who?")));
  }

  /// HAProxy tells us by v1 or v2, we tell nginx by the field; and we serve files meanwhile.
  @Test
  void haproxyInFrontTellsUsByEitherVersion() throws Exception {
    for (int haproxy : new int[] {haproxyV1, haproxyV2}) {
      String who = get("/who?", "X-Forwarded-For: 6.6.6.6");
      assertEquals(FOUR + " " + FOUR, said(haproxy, FOUR_LINE + who));
      assertEquals(SIX + " " + SIX, said(haproxy, SIX_LINE + who));
      assertEquals("content of a css", said(haproxy, FOUR_LINE + get("/types/file.css")));
    }
  }

  /// Its checks come as UNKNOWN or LOCAL.
  @Test
  void haproxyFindsUsHealthy() throws Exception {
    long end = System.nanoTime() + Program.DEADLINE_NANOS;
    long healthy = 0;
    String states = "";
    while (healthy < 2 && System.nanoTime() < end) {
      states = said(state, get("/;csv"));
      healthy =
          states
              .lines()
              .filter(line -> line.matches("(line|binary),us,.*"))
              .filter(line -> line.contains(",UP,") && line.contains(",L7OK,"))
              .count();
    }
    assertEquals(2, healthy, states);
  }

  @Test
  void haproxyBehindTakesTheAddressFromTheField() throws Exception {
    int us = us("backend=127.0.0.1:" + trusting);
    String who = get("/who?", "X-Forwarded-For: 6.6.6.6");
    assertEquals(FOUR, said(us, FOUR_LINE + who));
    assertEquals(SIX, said(us, SIX_LINE + who));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2"})
  void haproxyBehindTakesTheAddressFromTheProxyHeader(String version) throws Exception {
    int us = us("backend=127.0.0.1:" + behind, "backend_proxy=" + version);
    assertEquals(FOUR + " 56324 198.51.100.2 443", said(us, FOUR_LINE + get("/who?")));
    assertEquals(SIX + " 56324 2001:db8::2 443", said(us, SIX_LINE + get("/who?")));
    int plain =
        own(FrontServer.start(
                engine,
                site.root(),
                List.of("backend=127.0.0.1:" + behind, "backend_proxy=" + version)))
            .port();
    try (var client = new RawClient(plain)) {
      String expected = "127.0.0.1 " + client.localPort() + " 127.0.0.1 " + plain;
      assertEquals(expected, client.send(get("/who?")).read().text());
      assertTrue(client.send(get("/types/file.css")).read().text().startsWith("content"));
    }
  }
}
