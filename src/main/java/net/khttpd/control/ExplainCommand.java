package net.khttpd.control;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `khttpd explain`: every rule with its verdict on one GET, and what follows.
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Tell what becomes of a GET, rule by rule.",
    descriptionHeading = "%n",
    description = {
      "Reads the settings and looks at the files as the server would, without a server;",
      "with --socket it asks a running server, with its settings, cache and backends.",
      "The last line is 'served ...', 'passed on: RULE ...' or 'refused: STATUS ...';",
      "the exit code is 0 whatever the verdict."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  khttpd explain -w documentroot=/var/www/html '/site.css?v=2'")
final class ExplainCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli before call()
  private SettingsOptions options;

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "Ask the running server with this control socket.")
  @Nullable Path socket;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "The host that the request names; without it localhost.")
  @Nullable String host;

  @Parameters(
      paramLabel = "URL-PATH",
      description = "Path and query, as in a request; or a whole URL, http://HOST/PATH.")
  @SuppressWarnings("NullAway.Init") // set by picocli before call()
  private String target;

  @Override
  public Integer call() throws OperatorException {
    if (host != null) {
      target = "http://" + host + target;
    }
    if (socket != null) {
      return ask(socket);
    }
    Settings settings = options.read(true);
    StartChecks.check(settings);
    Explaining.offline(target, settings).forEach(System.out::println);
    return 0;
  }

  private int ask(Path server) throws OperatorException {
    if (!options.files.isEmpty() || !options.writes.isEmpty()) {
      throw new OperatorException(
          "explain: --socket asks the running server, whose settings --conf and -w do not change");
    }
    if (target.chars().anyMatch(Character::isISOControl)) {
      throw new OperatorException("explain: a URL-PATH holds no control character");
    }
    try (ControlClient client = ControlClient.connect(server)) {
      ControlAnswer answer =
          client.ask(new ControlRequest(ControlRequest.Word.EXPLAIN, false, List.of(target)));
      answer.output().forEach(System.out::println);
      answer.errors().forEach(sentence -> System.err.println("khttpd: " + sentence));
      return answer.status().exit();
    }
  }
}
