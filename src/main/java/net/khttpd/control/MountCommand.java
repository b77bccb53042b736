package net.khttpd.control;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import net.khttpd.log.EventLog;
import net.khttpd.mount.Mounted;
import net.khttpd.settings.OperatorException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `khttpd mount`: shows a running server as files until it is unmounted.
@Command(
    name = "mount",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Show the settings of a running server as files.",
    descriptionHeading = "%n",
    description = {
      "The settings are files in DIR, the statistics files in DIR/stats: read with",
      "cat, written with echo, one write one value. A bad value is EINVAL to the",
      "writer and a sentence on stderr. Prints 'khttpd: mounted DIR' and stays in",
      "the foreground until SIGTERM, SIGINT, 'umount DIR' or a write of 1 to",
      "DIR/unload. The server may begin anew meanwhile. Needs the package fuse3.",
      "The setting proc_mount=DIR has the server show the same by itself."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = {
      "  mkdir /run/khttpd; khttpd mount /run/khttpd &",
      "  cat /run/khttpd/threads; echo php3 > /run/khttpd/dynamic"
    })
final class MountCommand implements Callable<Integer> {
  private static final String NAME = "mount";

  @Parameters(paramLabel = "DIR", description = "An empty directory; made if it is missing.")
  @Nullable Path directory;

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The control socket of the server; by default where 'run' binds it.")
  @Nullable Path socket;

  @Override
  public Integer call() throws OperatorException {
    if (directory == null || directory.toString().isEmpty()) {
      throw new OperatorException(NAME + ": the directory is missing");
    }
    Signals signals = Signals.install(() -> Runtime.getRuntime().halt(0));
    var source = new SocketSource(socket, () -> signals.end("unloaded"));
    var _ = source.read("start"); // no mount without a server
    try (EventLog log = EventLog.toStderr();
        Mounted mounted = Mounted.at(directory, NAME, source, log)) {
      signals.started();
      Thread.ofPlatform().name("khttpd-mounts").daemon().start(() -> watch(mounted, signals));
      System.out.println("khttpd: mounted " + mounted.directory());
      System.out.flush();
      log.event("ending: " + signals.await());
    }
    return 0;
  }

  private static void watch(Mounted mounted, Signals signals) {
    try {
      mounted.awaitUnmounted();
      signals.end("unmounted");
    } catch (IOException e) {
      signals.end("the mount table cannot be read: " + e.getMessage());
    }
  }
}
