package net.khttpd.real;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// A real Apache (event MPM, mod_cgid) in the foreground, with a configuration of its own below a
/// directory of the test.
final class Apache implements AutoCloseable {
  private final Program program;
  private final int port;

  private Apache(Program program, int port) {
    this.program = program;
    this.port = port;
  }

  /// Starts on a free port of 127.0.0.1.
  ///
  /// @param more lines of configuration, such as `ProxyPass`
  static Apache start(Path top, Path root, String more) throws Exception {
    return start(top, root, Program.freePort(), more);
  }

  static Apache start(Path top, Path root, int port, String more) throws Exception {
    Path own = Files.createTempDirectory(top, "apache");
    Scripts.mode(own, "rwxr-xr-x");
    cgi(own.resolve("cgi-bin"));
    Path conf =
        Scripts.copy(
            "apache.conf",
            own.resolve("apache.conf"),
            Map.of("OWN", "" + own, "ROOT", "" + root, "PORT", "" + port, "MORE", more));
    var program =
        Program.start(
            own, "/usr/sbin/apache2", "-D", "FOREGROUND", "-d", "" + own, "-f", "" + conf);
    return new Apache(program.awaitListening(port), port);
  }

  private static void cgi(Path directory) throws IOException {
    Files.createDirectory(directory);
    Scripts.mode(directory, "rwxr-xr-x");
    for (String name : new String[] {"echo.sh", "digest.sh", "status.sh", "large.sh", "who.sh"}) {
      Scripts.script("cgi-bin/" + name, directory.resolve(name));
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    program.close();
  }
}
