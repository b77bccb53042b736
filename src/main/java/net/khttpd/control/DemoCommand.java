package net.khttpd.control;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import net.khttpd.demo.Demo;
import net.khttpd.log.EventLog;
import net.khttpd.settings.Draft;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `khttpd demo`: serves the sample site in front of the embedded backend until SIGTERM or SIGINT.
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Serve a sample site with an embedded backend; prints what to try.",
    descriptionHeading = "%n",
    description = {
      "Unpacks the site into a temporary directory, starts a backend on a free port",
      "of 127.0.0.1 and serves on port 8080, or a free one if that is taken. Ctrl-C",
      "ends it and removes the files."
    },
    optionListHeading = "%nOptions:%n")
final class DemoCommand implements Callable<Integer> {
  @Option(
      names = {"-w", "--write"},
      paramLabel = "NAME=VALUE",
      description = "Set NAME, with or without 'net.khttpd.', over what the demo sets.")
  List<String> writes = new ArrayList<>();

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "Where the control socket is bound; by default as of 'khttpd run'.")
  @Nullable Path socket;

  @Override
  public Integer call() throws OperatorException, IOException {
    try (Demo demo = Demo.open()) {
      serve(demo, read(demo));
    }
    return 0;
  }

  private Settings read(Demo demo) throws OperatorException, IOException {
    Draft draft = Draft.ofDefaults().write("start", "1");
    for (String setting : demo.settings()) {
      draft.write(setting);
    }
    for (String write : writes) {
      draft.write(write);
    }
    Settings settings = draft.snapshot();
    StartChecks.check(settings);
    return settings;
  }

  private void serve(Demo demo, Settings settings) throws OperatorException {
    Signals signals = Signals.install(() -> leave(demo));
    try (EventLog log = EventLog.toStderr();
        Server server = new Server(settings, log);
        Foreground foreground =
            Foreground.begin(server, log, socket, new SettingsOptions(), signals)) {
      String ready = server.start();
      signals.started();
      System.out.println("khttpd: ready " + ready);
      System.out.print(demo.welcome(ready.split(" ", 2)[0]));
      System.out.flush();
      foreground.await();
    }
  }

  /// A second signal: does not wait for requests, but leaves no files behind either.
  private static void leave(Demo demo) {
    try {
      demo.close();
    } catch (IOException e) {
      System.err.println("khttpd: the demo's files remain in " + demo.root() + ": " + e);
    }
    Runtime.getRuntime().halt(0);
  }
}
