package net.khttpd.control;

import java.util.concurrent.Callable;
import net.khttpd.settings.Listing;
import net.khttpd.settings.OperatorException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `khttpd settings`: explains every setting, or prints the values that a configuration gives.
@Command(
    name = "settings",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Explain every setting, or print what a configuration gives.",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = {
      "  khttpd settings --values --conf /etc/khttpd.conf",
      "      check the file and print every value, one line each"
    })
final class SettingsCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli before call()
  private SettingsOptions options;

  @Option(names = "--values", description = "Print values in the syntax of a file.")
  private boolean values;

  @Option(names = "--markdown", description = "Print docs/settings.md.")
  private boolean markdown;

  @Override
  public Integer call() throws OperatorException {
    var settings = options.read(false);
    if (markdown) {
      System.out.print(SettingsHelp.markdown());
    } else if (values) {
      Listing.of(settings).forEach(System.out::println);
    } else {
      System.out.print(SettingsHelp.all());
    }
    return 0;
  }
}
