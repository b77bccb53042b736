package net.khttpd.control;

import java.net.ProtocolException;
import java.util.List;
import java.util.Locale;

/// A command of a controller.
///
/// @param ignoresUnknown whether names that no setting has are passed over (`sysctl -e`)
record ControlRequest(Word word, boolean ignoresUnknown, List<String> arguments) {
  /// What can be asked.
  enum Word {
    /// all settings, as a file of settings
    LIST,
    /// arguments: names of settings or of nodes above them
    GET,
    /// arguments: NAME=VALUE, all or nothing
    WRITE,
    /// arguments: the name of a file and its lines, all or nothing
    LOAD,
    /// argument: path and query of a GET
    EXPLAIN;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Follows the word if [#ignoresUnknown].
  static final String IGNORE_UNKNOWN = "ignore-unknown";

  /// The first line of a command.
  record Head(Word word, boolean ignoresUnknown) {}

  /// @throws ProtocolException if it is none, HTTP for example
  static Head head(String line) throws ProtocolException {
    String[] words = line.split(" ", -1);
    boolean ignores = words.length == 2 && words[1].equals(IGNORE_UNKNOWN);
    for (Word word : Word.values()) {
      if (words[0].equals(word.text()) && (words.length == 1 || ignores)) {
        return new Head(word, ignores);
      }
    }
    throw new ProtocolException("this is a control socket and took no command; use khttpd sysctl");
  }

  /// The lines to send.
  List<String> text() {
    var lines = new java.util.ArrayList<String>();
    lines.add(word.text() + (ignoresUnknown ? " " + IGNORE_UNKNOWN : ""));
    arguments.forEach(argument -> lines.add(" " + argument));
    lines.add("");
    return lines;
  }
}
