package net.khttpd.control;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import net.khttpd.log.EventLog;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `khttpd run`: serves in the foreground until SIGTERM or SIGINT.
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Serve in the foreground until SIGTERM or SIGINT.",
    descriptionHeading = "%n",
    description = {
      "Prints 'khttpd: ready http://...' on stdout once connections are accepted, or",
      "'khttpd: loaded ...' with -w start=0; events go to stderr, one line each.",
      "The first SIGTERM or SIGINT lets requests under way end, for 'drain' seconds at",
      "most; a second one ends at once. SIGHUP reads --conf again, SIGUSR1 opens the access",
      "log anew. 'khttpd sysctl' reads and writes the settings while it runs."
    },
    optionListHeading = "%nOptions:%n")
final class RunCommand implements Callable<Integer> {
  @Mixin final SettingsOptions options;

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = {
        "Where the control socket of this server is bound, for 'khttpd sysctl'; by",
        "default $XDG_RUNTIME_DIR/khttpd.sock, else /run/khttpd.sock (as root) or",
        "/tmp/khttpd-UID.sock."
      })
  @Nullable Path socket;

  RunCommand(SettingsOptions options, @Nullable Path socket) {
    this.options = options;
    this.socket = socket;
  }

  @Override
  public Integer call() throws OperatorException {
    Signals signals = Signals.install(() -> Runtime.getRuntime().halt(0));
    Settings settings = options.read(true);
    StartChecks.check(settings);
    try (EventLog log = EventLog.toStderr();
        Server server = new Server(settings, log);
        Foreground foreground = Foreground.begin(server, log, socket, options, signals)) {
      String state =
          settings.start() ? "ready " + server.start() : "loaded, write start=1 to serve";
      signals.started();
      System.out.println("khttpd: " + state);
      System.out.flush();
      foreground.await();
      return server.broken() ? 1 : 0;
    }
  }
}
