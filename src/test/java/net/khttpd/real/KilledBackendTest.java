package net.khttpd.real;

import static net.khttpd.frontdoor.harness.Wire.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A backend's process is killed (SIGKILL) at each point of an answer: its client is told, static
/// files go on, and the next process at its port is asked at once.
final class KilledBackendTest extends RealWorld {
  private int port;
  private int us;
  private Path script = Path.of("");

  @Override
  void start() throws Exception {
    port = Program.freePort();
    script = Scripts.copy("mortal.js", site.outside().resolve("mortal.js"), Map.of());
    us = own(FrontServer.start(engine, site.root(), List.of("clientport=" + port))).port();
  }

  private Program backend(String point) throws Exception {
    return Program.start(site.outside(), "node", "" + script, "" + port, point);
  }

  @ParameterizedTest
  @ValueSource(strings = {"accept", "read", "head", "before", "body", "chunk", "answer"})
  void aClientOfABackendThatIsKilledIsTold(String point) throws Exception {
    try (Program mortal = backend(point);
        var client = new RawClient(us)) {
      mortal.awaitListening(port);
      // Looking whether it listens is a connection, too, of which it may tell.
      int told = mortal.output().split("there", -1).length;
      client.send(get("/app.cgi"));
      mortal.awaitOutput("there", told);
      assertEquals(200, ask(us, get("/index.html")).status());
      mortal.kill();
      Answer answer = client.read();
      switch (point) {
        case "accept", "read", "head" -> assertEquals(502, answer.status());
        case "answer" -> assertEquals("0123456789", answer.text());
        default -> assertFalse(answer.complete(), answer::toString);
      }
      assertEquals(200, ask(us, get("/index.html")).status());
      assertEquals(502, ask(us, get("/app.cgi")).status(), "nobody is there");
    }
    try (Program next = backend("answer")) {
      next.awaitListening(port);
      assertEquals("0123456789", ask(us, get("/app.cgi")).text());
    }
  }
}
