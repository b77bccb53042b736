package net.khttpd.endurance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Site;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The name of a backend is no more to be found while static files are asked for: they are right
/// and fast, and the backend is asked at the address that it had.
final class NameGoneTest {
  private static final int REQUESTS = Length.of(300, 20_000);
  private static final long P99_MILLIS = 500;
  private static final byte[] CONTENT = Wire.bytes("alpha");

  @ParameterizedTest
  @EnumSource
  void aNameThatIsGoneHarmsNobody(Engine engine) throws Exception {
    try (var site = new Site().file("a.txt", CONTENT);
        var backend = RecordingBackend.ok()) {
      Path hosts = site.outside().resolve("hosts");
      names(hosts, "127.0.0.1 app.test");
      try (var child = start(engine, site, hosts, backend)) {
        var load = new StaticLoad(child.port(), List.of("/a.txt"), List.of(CONTENT));
        try (load) {
          passOn(child);
          names(hosts, "# gone");
          passOn(child);
          assertTrue(load.end(P99_MILLIS).contains("static"));
        }
        child.assertNoFault();
      }
    }
  }

  private static Child start(Engine engine, Site site, Path hosts, RecordingBackend backend)
      throws Exception {
    String options = "-Djdk.net.hosts.file=" + hosts;
    options += " -Dsun.net.inetaddr.ttl=0 -Dsun.net.inetaddr.negative.ttl=0";
    return Child.start(
        List.of("env", "JAVA_TOOL_OPTIONS=" + options),
        site.root(),
        "threads=1",
        "engine=" + engine.setting(),
        "backend_resolve=0.05",
        "backend=app.test:" + backend.port());
  }

  private static void names(Path hosts, String line) throws Exception {
    Path next = hosts.resolveSibling("hosts.next");
    Files.writeString(next, line + "\n");
    Files.move(next, hosts, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void passOn(Child child) throws Exception {
    for (int i = 0; i < REQUESTS; i++) {
      try (var client = new RawClient(child.port())) {
        assertEquals("backend", client.send(Wire.get("/app.cgi")).read().text());
      }
    }
  }
}
