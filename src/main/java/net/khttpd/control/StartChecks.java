package net.khttpd.control;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import net.khttpd.settings.BackendAddress;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;

/// What can only be judged of settings together or by looking at the machine, before anything is
/// started. Each finding is one sentence that names the setting and the likely cause.
public final class StartChecks {
  private static final Set<String> OURSELVES =
      Set.of("localhost", "127.0.0.1", "0.0.0.0", "::1", "::", "0:0:0:0:0:0:0:1");

  private StartChecks() {}

  /// Returns if the server can be started with these settings; looks at the file system only.
  public static void check(Settings settings) throws OperatorException {
    checkRoot(settings.documentRoot());
    if (settings.targetMax() > settings.headMax()) {
      throw new OperatorException(
          "target_max: a target of "
              + settings.targetMax()
              + " bytes does not fit into a head of head_max "
              + settings.headMax());
    }
    if (settings.clientPort() != 0 && settings.clientPort() == settings.serverPort()) {
      throw new OperatorException(
          "clientport: "
              + settings.clientPort()
              + " is serverport, too, so we would pass requests on to ourselves; set one of them to"
              + " another port, or clientport=0 for no backend");
    }
    for (BackendAddress backend : settings.backend()) {
      checkBackend(backend, settings);
    }
  }

  private static void checkRoot(String name) throws OperatorException {
    Path root = Path.of(name);
    if (!Files.exists(root)) {
      throw new OperatorException(
          "documentroot: " + name + " does not exist; set it to the directory of your files");
    }
    if (!Files.isDirectory(root)) {
      throw new OperatorException("documentroot: " + name + " is not a directory");
    }
    if (!Files.isExecutable(root)) {
      throw new OperatorException(
          "documentroot: "
              + name
              + " cannot be searched by us; it needs x permission for our user");
    }
  }

  private static void checkBackend(BackendAddress backend, Settings settings)
      throws OperatorException {
    switch (backend) {
      case BackendAddress.Unix unix -> {}
      case BackendAddress.Tcp tcp -> {
        if (tcp.port() == settings.serverPort() && isOurs(tcp.host(), settings)) {
          throw new OperatorException(
              "backend: "
                  + tcp.text()
                  + " is this server itself (serverport "
                  + settings.serverPort()
                  + "); name the address of the server behind it");
        }
      }
    }
  }

  private static boolean isOurs(String host, Settings settings) {
    return host.startsWith("127.")
        || OURSELVES.contains(host)
        || host.equals(settings.address().text());
  }
}
