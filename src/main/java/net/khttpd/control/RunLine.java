package net.khttpd.control;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Reads a plain `run` command line without picocli, whose classes cost a quarter of our time to
/// the first answer (they are too old for the JDK's AOT cache). Anything but exactly the forms
/// `--conf FILE`, `--socket PATH` and `-w NAME=VALUE` is left to picocli: help, mistakes, and other
/// spellings. A test holds the two readers together.
final class RunLine {
  private RunLine() {}

  /// The command of a plain line; null if picocli shall read it.
  static @Nullable RunCommand read(String... args) {
    if (args.length % 2 == 0 || !args[0].equals("run")) {
      return null;
    }
    var options = new SettingsOptions();
    Path socket = null;
    for (int i = 1; i < args.length; i += 2) {
      String value = args[i + 1];
      if (value.isEmpty() || value.startsWith("-")) {
        return null;
      }
      switch (args[i]) {
        case "--conf" -> options.files.add(Path.of(value));
        case "-w" -> options.writes.add(value);
        case "--socket" -> {
          if (socket != null) {
            return null;
          }
          socket = Path.of(value);
        }
        default -> {
          return null;
        }
      }
    }
    return new RunCommand(options, socket);
  }
}
