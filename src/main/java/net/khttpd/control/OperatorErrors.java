package net.khttpd.control;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import net.khttpd.settings.OperatorException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Turns what went wrong into one sentence on stderr and an exit code.
final class OperatorErrors {
  private static final int OUR_FAULT = 1;
  private static final int OPERATORS_MISTAKE = 2;

  private OperatorErrors() {}

  /// Runs a command that picocli has not read, with the same answers to errors.
  static int call(Callable<Integer> command) {
    try {
      return command.call();
    } catch (OperatorException mistake) {
      System.err.println("khttpd: " + mistake.sentence());
      return OPERATORS_MISTAKE;
    } catch (Exception fault) {
      fault.printStackTrace();
      return OUR_FAULT;
    }
  }

  /// Options and arguments that the command does not know.
  static int badArguments(ParameterException error, String[] args) {
    CommandLine command = error.getCommandLine();
    String message = sentence(error);
    String hint = message.contains("--help") ? "" : "; see " + name(command) + " --help";
    print(command, message + hint);
    return OPERATORS_MISTAKE;
  }

  private static String sentence(ParameterException error) {
    boolean top = error.getCommandLine().getParent() == null;
    if (top && error instanceof UnmatchedArgumentException unmatched) {
      String first = unmatched.getUnmatched().getFirst();
      if (!first.startsWith("-")) {
        return "'" + first + "' is no command";
      }
    }
    return String.valueOf(error.getMessage()).lines().findFirst().orElse("");
  }

  /// What a command threw. Faults of ours are loud: they keep their stack trace.
  static int failed(Exception error, CommandLine command, ParseResult parsed) {
    if (error instanceof OperatorException mistake) {
      print(command, mistake.sentence());
      return OPERATORS_MISTAKE;
    }
    error.printStackTrace(command.getErr());
    return OUR_FAULT;
  }

  private static void print(CommandLine command, String sentence) {
    PrintWriter err = command.getErr();
    err.println("khttpd: " + sentence);
    err.flush();
  }

  private static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName();
  }
}
