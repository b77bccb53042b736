package net.khttpd.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a controller is told: lines for its output, each after one blank, sentences for its errors,
/// each after `!`, and how it went.
record ControlAnswer(List<String> lines, Status status) {
  /// How it went; the exit codes of `khttpd sysctl`.
  enum Status {
    OK(0),
    /// A fault of ours.
    FAULT(1),
    /// Something that the operator got wrong.
    ERROR(2);

    private final int exit;

    Status(int exit) {
      this.exit = exit;
    }

    int exit() {
      return exit;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// The status of this word; null if it is none.
    static @Nullable Status of(String word) {
      for (Status status : values()) {
        if (status.word().equals(word)) {
          return status;
        }
      }
      return null;
    }
  }

  static ControlAnswer refusal(String sentence) {
    return new ControlAnswer(List.of("!" + oneLine(sentence)), Status.ERROR);
  }

  static ControlAnswer fault(String sentence) {
    return new ControlAnswer(List.of("!" + oneLine(sentence)), Status.FAULT);
  }

  static ControlAnswer of(List<String> output) {
    return of(output, List.of());
  }

  static ControlAnswer of(List<String> output, List<String> errors) {
    var lines = new ArrayList<String>();
    output.forEach(line -> lines.add(" " + line));
    errors.forEach(sentence -> lines.add("!" + oneLine(sentence)));
    return new ControlAnswer(lines, errors.isEmpty() ? Status.OK : Status.ERROR);
  }

  /// The lines for output.
  List<String> output() {
    return lines.stream().filter(l -> l.startsWith(" ")).map(l -> l.substring(1)).toList();
  }

  /// The sentences for errors.
  List<String> errors() {
    return lines.stream().filter(l -> l.startsWith("!")).map(l -> l.substring(1)).toList();
  }

  private static String oneLine(String sentence) {
    return sentence.replaceAll("\\p{Cntrl}", " ");
  }
}
