package net.khttpd.control;

import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_FOOTER;

import picocli.CommandLine;

/// The program's entry.
public final class Main {
  private Main() {}

  /// Runs the command line and exits: 0 all went well, 1 our fault, 2 what the operator got wrong.
  public static void main(String[] args) {
    System.exit(execute(args));
  }

  static int execute(String... args) {
    RunCommand run = RunLine.read(args);
    if (run != null) {
      return OperatorErrors.call(run);
    }
    SysctlCommand sysctl = SysctlLine.read(args);
    return sysctl != null ? OperatorErrors.call(sysctl) : executeByPicocli(args);
  }

  private static int executeByPicocli(String... args) {
    CommandLine run = new CommandLine(new RunCommand(new SettingsOptions(), null));
    run.getHelpSectionMap().put(SECTION_KEY_FOOTER, Main::mostUsed);
    return new CommandLine(new Khttpd())
        .addSubcommand(run)
        .addSubcommand(new DemoCommand())
        .addSubcommand(new SysctlCommand())
        .addSubcommand(new ExplainCommand())
        .addSubcommand(new SettingsCommand())
        .addSubcommand(new TopCommand())
        .addSubcommand(new PrecompressCommand())
        .addSubcommand(new MountCommand())
        .setExpandAtFiles(false)
        .setParameterExceptionHandler(OperatorErrors::badArguments)
        .setExecutionExceptionHandler(OperatorErrors::failed)
        .execute(args);
  }

  private static String mostUsed(CommandLine.Help help) {
    return "\nMost used settings ('khttpd settings' explains all):\n" + SettingsHelp.mostUsed();
  }
}
