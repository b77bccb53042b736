package net.khttpd.control;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import net.khttpd.control.ControlRequest.Word;
import net.khttpd.settings.ConfFile;
import net.khttpd.settings.OperatorException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `khttpd sysctl`: reads and writes the settings of a running server, as sysctl(8) does those of
/// the kernel.
@Command(
    name = "sysctl",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Read and write the settings of the running server.",
    customSynopsis = {
      "khttpd sysctl [--socket PATH] [-nNe] -a | NAME...",
      "       khttpd sysctl [--socket PATH] [-nNeq] -w NAME=VALUE... | -p [FILE...]"
    },
    descriptionHeading = "%n",
    description = {
      "As sysctl(8) with the kernel's: NAME with or without 'net.khttpd.', or a node",
      "such as net.khttpd.stats for all below it. A write returns when its effect is",
      "there; several values in one write are all written, or none. A write to a list",
      "adds an entry, -ENTRY removes one. What -a prints can be fed to -p."
    },
    optionListHeading = "%nOptions:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all was read or written",
      "1:a fault of ours: please report it",
      "2:a name or value that cannot be, or no server; said in one sentence"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  khttpd sysctl net.khttpd.threads",
      "  khttpd sysctl -w serverport=8081 threads=4",
      "  khttpd sysctl -w stop=1; khttpd sysctl -w start=1",
      "  khttpd sysctl -a > saved; khttpd sysctl -p saved"
    })
final class SysctlCommand implements Callable<Integer> {
  /// What `-p` reads without a name.
  static final String USUAL_FILE = "/etc/khttpd.conf";

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The control socket of the server; by default where 'run' binds it.")
  @Nullable Path socket;

  @Option(
      names = {"-a", "--all"},
      description = "Print all settings.")
  boolean all;

  @Option(
      names = {"-w", "--write"},
      description = "Write; without it NAME=VALUE writes, too.")
  boolean write;

  @Option(
      names = {"-p", "--load"},
      description = {
        "Write what FILE says (- is stdin, " + USUAL_FILE + " without FILE);",
        "lists that it names are computed afresh: the default, then the file."
      })
  boolean load;

  @Option(
      names = {"-n", "--values"},
      description = "Print values only.")
  boolean values;

  @Option(
      names = {"-N", "--names"},
      description = "Print names only.")
  boolean names;

  @Option(
      names = {"-e", "--ignore"},
      description = "Pass over unknown names.")
  boolean ignore;

  @Option(
      names = {"-q", "--quiet"},
      description = "Do not print what was written.")
  boolean quiet;

  @Parameters(
      paramLabel = "NAME[=VALUE]",
      arity = "0..*",
      description = "What to read or write; with -p the files.")
  List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() throws OperatorException {
    check();
    List<ControlRequest> requests = requests();
    try (ControlClient client = ControlClient.connect(socket)) {
      int exit = 0;
      for (ControlRequest request : requests) {
        exit = Math.max(exit, print(request, client.ask(request)));
      }
      return exit;
    }
  }

  /// What was read from the command line, for a test.
  @Override
  public String toString() {
    return "socket=%s a=%b w=%b p=%b n=%b N=%b e=%b q=%b %s"
        .formatted(socket, all, write, load, values, names, ignore, quiet, arguments);
  }

  private void check() throws OperatorException {
    if ((all ? 1 : 0) + (write ? 1 : 0) + (load ? 1 : 0) > 1) {
      throw new OperatorException("sysctl: -a, -w and -p exclude each other");
    }
    if (all && !arguments.isEmpty()) {
      throw new OperatorException("sysctl: -a prints all settings and takes no names");
    }
    if (write && arguments.isEmpty()) {
      throw new OperatorException("sysctl: -w needs what to write, NAME=VALUE");
    }
    if (!all && !load && arguments.isEmpty()) {
      throw new OperatorException(
          "sysctl: a name is missing, or -a for all; see khttpd sysctl --help");
    }
    for (String argument : arguments) {
      if (argument.chars().anyMatch(Character::isISOControl)) {
        throw new OperatorException("sysctl: an argument holds a control character");
      }
      if (write && argument.indexOf('=') < 0) {
        throw new OperatorException("sysctl: '" + argument + "' is not of the form NAME=VALUE");
      }
    }
  }

  /// Names and assignments without `-w` are done in their order, those side by side at once.
  private List<ControlRequest> requests() throws OperatorException {
    if (all) {
      return List.of(new ControlRequest(Word.LIST, false, List.of()));
    }
    if (load) {
      return loads();
    }
    var requests = new ArrayList<ControlRequest>();
    for (int from = 0, to; from < arguments.size(); from = to) {
      boolean assignment = isAssignment(from);
      for (to = from; to < arguments.size() && isAssignment(to) == assignment; ) {
        to++;
      }
      Word word = assignment ? Word.WRITE : Word.GET;
      requests.add(new ControlRequest(word, ignore, List.copyOf(arguments.subList(from, to))));
    }
    return requests;
  }

  private boolean isAssignment(int index) {
    return arguments.get(index).indexOf('=') >= 0;
  }

  /// The files are read by us, with our rights, before anything is written.
  private List<ControlRequest> loads() throws OperatorException {
    var requests = new ArrayList<ControlRequest>();
    for (String file : arguments.isEmpty() ? List.of(USUAL_FILE) : arguments) {
      var lines = new ArrayList<String>();
      lines.add(file.equals("-") ? "stdin" : file);
      boolean stdin = file.equals("-");
      ConfFile.plain(lines.getFirst(), stdin ? stdin() : ConfFile.lines(Path.of(file), "-p"))
          .forEach(lines::add);
      requests.add(new ControlRequest(Word.LOAD, ignore, lines));
    }
    return requests;
  }

  private static List<String> stdin() throws OperatorException {
    try {
      return ConfFile.lines(System.in, "-p stdin");
    } catch (IOException e) {
      throw new OperatorException("-p stdin cannot be read: " + e.getMessage(), e);
    }
  }

  private int print(ControlRequest request, ControlAnswer answer) {
    boolean written = request.word() == Word.WRITE || request.word() == Word.LOAD;
    if (!(written && quiet)) {
      var text = new StringBuilder();
      for (String line : shown(answer.output())) {
        text.append(line).append('\n');
      }
      var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
      out.print(text);
      out.flush();
    }
    answer.errors().forEach(sentence -> System.err.println("khttpd: " + sentence));
    return answer.status().exit();
  }

  /// Lines `NAME = VALUE` as `-n` and `-N` want them: a list's clearing line has no value to show,
  /// and its name is shown once.
  private List<String> shown(List<String> lines) {
    if (!values && !names) {
      return lines;
    }
    var shown = new ArrayList<String>();
    for (int i = 0; i < lines.size(); i++) {
      String name = name(lines.get(i));
      boolean again = i > 0 && name.equals(name(lines.get(i - 1)));
      boolean more = i + 1 < lines.size() && name.equals(name(lines.get(i + 1)));
      if (names && !again) {
        shown.add(name);
      } else if (!names && !(more && value(lines.get(i)).isEmpty())) {
        shown.add(value(lines.get(i)));
      }
    }
    return shown;
  }

  private static String name(String line) {
    int equals = line.indexOf(" =");
    return equals < 0 ? line : line.substring(0, equals);
  }

  private static String value(String line) {
    int equals = line.indexOf(" =");
    return equals < 0 ? "" : line.substring(equals + 2).strip();
  }
}
