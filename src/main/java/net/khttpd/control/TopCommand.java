package net.khttpd.control;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import net.khttpd.control.ControlRequest.Word;
import net.khttpd.settings.OperatorException;
import net.khttpd.top.Top;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `khttpd top`: looks at a running server, again and again.
@Command(
    name = "top",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Watch a running server.",
    descriptionHeading = "%n",
    description = {
      "Requests, latencies, connections, cache, rules and loops since the last look. On a",
      "terminal it refreshes in place (q quits, + and - change the interval, space",
      "pauses); in a pipe it prints a line an interval."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  khttpd top -d 5 | tee load.txt")
final class TopCommand implements Callable<Integer> {
  private static final ControlRequest STATISTICS =
      new ControlRequest(Word.GET, false, List.of("net.khttpd.stats"));

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The control socket of the server; default as of 'khttpd run'.")
  @Nullable Path socket;

  @Option(
      names = {"-d", "--delay"},
      paramLabel = "SECONDS",
      description = "Between two looks (default: ${DEFAULT-VALUE}).")
  double seconds = 1;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "COUNT",
      description = "Print so many lines and end, also on a terminal.")
  long lines;

  @Override
  public Integer call() throws OperatorException, IOException {
    if (!(seconds >= 0.1 && seconds <= 3600)) {
      throw new OperatorException("--delay: " + seconds + " is not within 0.1 and 3600 seconds");
    }
    String name = (socket == null ? ControlPath.byDefault() : socket).toString();
    Charset charset = System.out.charset();
    long millis = Math.round(1000 * seconds);
    var clock = Clock.system(ZoneId.systemDefault());
    var top = new Top(this::look, name, millis, System.getenv(), charset, clock);
    if (lines == 0 && Top.onTerminal(System.getenv())) {
      top.show();
    } else {
      top.print(System.out, lines);
    }
    return 0;
  }

  /// Connects for each look: between two of them the server may have begun anew.
  private List<String> look() throws OperatorException {
    try (ControlClient client = ControlClient.connect(socket)) {
      ControlAnswer answer = client.ask(STATISTICS);
      if (answer.status() != ControlAnswer.Status.OK) {
        throw new OperatorException(String.join("; ", answer.errors()));
      }
      return answer.output();
    }
  }
}
