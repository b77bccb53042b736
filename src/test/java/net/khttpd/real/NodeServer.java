package net.khttpd.real;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// A real Node server in the foreground.
final class NodeServer implements Application {
  static final int KEEP_ALIVE_MILLIS = 5_000;

  private final Program program;
  private final int port;

  NodeServer(Path top) throws Exception {
    this(top, KEEP_ALIVE_MILLIS);
  }

  /// @param keepAliveMillis after which it closes idle connections
  NodeServer(Path top, int keepAliveMillis) throws Exception {
    Path own = Files.createTempDirectory(top, "node");
    Path script = Scripts.copy("server.js", own.resolve("server.js"), Map.of());
    port = Program.freePort();
    program =
        Program.start(own, "node", "" + script, "" + port, "" + keepAliveMillis)
            .awaitListening(port);
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void close() {
    program.close();
  }
}
