package net.khttpd.frontdoor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.khttpd.frontdoor.harness.AfterEngine;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Site;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What every front-door test has: an engine, a site, and servers that live as long as the class,
/// one for each set of settings.
@ParameterizedClass(name = "{0}")
@EnumSource(Engine.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FrontDoor {
  @Parameter Engine engine = Engine.EPOLL;

  Site site;
  private final Map<List<String>, FrontServer> servers = new HashMap<>();
  private final List<AutoCloseable> owned = new ArrayList<>();

  @BeforeEngine
  final void begin() throws IOException {
    site = new Site(place());
  }

  /// Where the site is made.
  Path place() throws IOException {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  /// The running server with these settings (`name=value`) above those of every test.
  final FrontServer server(String... settings) {
    return servers.computeIfAbsent(
        List.of(settings), s -> FrontServer.start(engine, site.root(), s));
  }

  /// A server in front of this backend, with further settings.
  final FrontServer before(RecordingBackend backend, String... settings) {
    var all = new ArrayList<String>(List.of(settings));
    all.add("backend=" + backend.setting());
    return server(all.toArray(String[]::new));
  }

  final RawClient connect(FrontServer server) throws IOException {
    return own(new RawClient(server.port()));
  }

  final RecordingBackend backend(RecordingBackend.Script script) throws IOException {
    return own(new RecordingBackend(script));
  }

  /// Closed after the test.
  final <T extends AutoCloseable> T own(T resource) {
    owned.add(resource);
    return resource;
  }

  @AfterEach
  final void closeOwned() throws Exception {
    for (AutoCloseable resource : owned.reversed()) {
      resource.close();
    }
    owned.clear();
  }

  @AfterEngine
  final void stopServers() throws Exception {
    var stopped = List.copyOf(servers.values());
    servers.clear();
    AssertionError fault = null;
    for (FrontServer server : stopped) {
      try {
        server.close();
      } catch (AssertionError e) {
        fault = e;
      }
    }
    site.close();
    if (fault != null) {
      throw fault;
    }
  }
}
