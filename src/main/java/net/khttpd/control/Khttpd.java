package net.khttpd.control;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command `khttpd`, of which every other is a sub-command.
@Command(
    name = "khttpd",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = {
      "Serves what is plainly static by the shortest path through Linux,",
      "and passes everything else on, unchanged."
    },
    synopsisHeading = "%nUsage: ",
    descriptionHeading = "%n",
    description = {
      "Put it in front of a web server (Apache, Tomcat, anything that speaks HTTP):",
      "requests for public files are answered at once, all others go to that server."
    },
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all went well",
      "1:a fault of ours: please report it",
      "2:a mistake in options, settings or their surroundings, named in one sentence"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  khttpd run -w documentroot=/var/www/html -w clientport=8081 -w serverport=80",
      "      serve /var/www/html on port 80, pass the rest to Apache on 127.0.0.1:8081",
      "  khttpd run -w documentroot=$PWD -w clientport=0",
      "      serve the current directory alone on port 8080",
      "  khttpd run --conf /etc/khttpd.conf",
      "      take the settings from a file (docs/settings.md)"
    })
final class Khttpd implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli before run()
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing, such as 'run' (khttpd --help lists them)");
  }
}
