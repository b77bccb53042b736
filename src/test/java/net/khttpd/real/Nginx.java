package net.khttpd.real;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// A real nginx in the foreground, with a configuration of its own below a directory of the test.
final class Nginx implements AutoCloseable {
  private final Program program;
  private final int port;

  private Nginx(Program program, int port) {
    this.program = program;
    this.port = port;
  }

  static Nginx start(Path top, Path root) throws Exception {
    Path own = Files.createTempDirectory(top, "nginx");
    int port = Program.freePort();
    // Our worker keeps our user: it writes uploads below a directory of ours.
    String user = "root".equals(System.getProperty("user.name")) ? "user root;" : "";
    Path conf =
        Scripts.copy(
            "nginx.conf",
            own.resolve("nginx.conf"),
            Map.of("OWN", "" + own, "ROOT", "" + root, "PORT", "" + port, "USER", user));
    var program = Program.start(own, "/usr/sbin/nginx", "-p", "" + own, "-c", "" + conf);
    return new Nginx(program.awaitListening(port), port);
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    program.close();
  }
}
