package net.khttpd.control;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.khttpd.settings.ConfFile;
import net.khttpd.settings.Draft;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;
import picocli.CommandLine.Option;

/// The options by which commands take settings, `--conf FILE` and `-w NAME=VALUE`: a mixin.
final class SettingsOptions {
  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description = "Read settings from FILE (sysctl.conf(5) syntax).")
  List<Path> files = new ArrayList<>();

  @Option(
      names = {"-w", "--write"},
      paramLabel = "NAME=VALUE",
      description = {
        "Set NAME, with or without 'net.khttpd.'; overrides files.",
        "For a list, VALUE adds an entry and -VALUE removes one."
      })
  List<String> writes = new ArrayList<>();

  /// The snapshot: defaults, then start as the command implies it, then the files, then the writes.
  Settings read(boolean startImplied) throws OperatorException {
    Draft draft = Draft.ofDefaults();
    if (startImplied) {
      draft.write("start", "1");
    }
    writeInto(draft);
    return draft.snapshot();
  }

  /// Writes what the files and then the options say.
  void writeInto(Draft draft) throws OperatorException {
    for (Path file : files) {
      ConfFile.read(file, draft);
    }
    for (String write : writes) {
      draft.write(write);
    }
  }

  /// The files, for a sentence.
  String filesInWords() {
    return String.join(", ", files.stream().map(Path::toString).toList());
  }
}
