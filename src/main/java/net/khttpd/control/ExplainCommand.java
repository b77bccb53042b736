package net.khttpd.control;

import java.util.concurrent.Callable;
import net.khttpd.decide.Explanation;
import net.khttpd.decide.Policy;
import net.khttpd.decide.Preparation;
import net.khttpd.files.FileCache;
import net.khttpd.http.RequestParser;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `khttpd explain`: every rule with its verdict on one GET, and what follows.
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Tell what becomes of a GET, rule by rule.",
    descriptionHeading = "%n",
    description = {
      "Reads the settings and looks at the files as the server would, without a server.",
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

  @Parameters(paramLabel = "URL-PATH", description = "Path and query, as in a request.")
  @SuppressWarnings("NullAway.Init") // set by picocli before call()
  private String target;

  @Override
  public Integer call() throws OperatorException {
    Settings settings = options.read(true);
    StartChecks.check(settings);
    Policy policy = Policy.of(settings);
    var parser = new RequestParser(settings.headMax(), settings.targetMax(), settings.headFields());
    Explanation explanation;
    try (var files = new FileCache(SharedParts.config(settings), 1, new Preparation(policy))) {
      explanation = Explanation.of(target, policy, files, parser, settings.targetMax());
    }
    System.out.println("GET " + shown(target) + (policy.backend() ? "" : "   (no backend: alone)"));
    for (Explanation.Verdict verdict : explanation.verdicts()) {
      System.out.printf(
          "%3d  %-14s %-9s %s%n",
          verdict.rule().number(),
          verdict.rule().label(),
          word(verdict, policy.backend()),
          verdict.rule().sentence());
    }
    System.out.println(explanation.outcome());
    return 0;
  }

  /// On one line, whatever it holds.
  private static String shown(String target) {
    return target.replaceAll("\\p{Cntrl}", "?");
  }

  private static String word(Explanation.Verdict verdict, boolean backend) {
    return switch (verdict.word()) {
      case OK -> "ok";
      case NOT_ASKED -> "not asked";
      case OBJECTS ->
          !backend && verdict.rule().alone() == net.khttpd.decide.Rule.Alone.SERVED
              ? "ignored"
              : "objects";
    };
  }
}
