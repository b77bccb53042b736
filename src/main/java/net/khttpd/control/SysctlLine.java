package net.khttpd.control;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Reads a plain `sysctl` command line without picocli, as [RunLine] does `run`: scripts call it
/// often. Anything but `--socket PATH`, clusters of the short options and names is left to picocli.
/// A test holds the two readers together.
final class SysctlLine {
  private SysctlLine() {}

  /// The command of a plain line; null if picocli shall read it.
  static @Nullable SysctlCommand read(String... args) {
    if (args.length == 0 || !args[0].equals("sysctl")) {
      return null;
    }
    var command = new SysctlCommand();
    for (int i = 1; i < args.length; i++) {
      String arg = args[i];
      if (arg.equals("--socket") && i + 1 < args.length && command.socket == null) {
        String path = args[++i];
        if (path.isEmpty() || path.startsWith("-")) {
          return null;
        }
        command.socket = Path.of(path);
      } else if (arg.length() > 1 && arg.startsWith("-")) {
        if (!options(command, arg)) {
          return null;
        }
      } else {
        command.arguments.add(arg);
      }
    }
    return command;
  }

  private static boolean options(SysctlCommand command, String cluster) {
    for (int i = 1; i < cluster.length(); i++) {
      switch (cluster.charAt(i)) {
        case 'a' -> command.all = true;
        case 'w' -> command.write = true;
        case 'p' -> command.load = true;
        case 'n' -> command.values = true;
        case 'N' -> command.names = true;
        case 'e' -> command.ignore = true;
        case 'q' -> command.quiet = true;
        default -> {
          return false;
        }
      }
    }
    return true;
  }
}
