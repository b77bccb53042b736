package net.khttpd.settings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// A file in the syntax of sysctl.conf(5): `NAME = VALUE` a line, blank lines, comments that begin
/// with `#` or `;`; errors of a line that begins with `-` are ignored.
public final class ConfFile {
  /// No configuration is longer; what is longer is not a configuration.
  private static final int MOST_BYTES = 1 << 20;

  /// Some editors write it before the first line.
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private ConfFile() {}

  /// Writes the file's lines into the draft, in order; stops at the first error with a sentence
  /// that names file, line and setting.
  public static void read(Path file, Draft draft) throws OperatorException {
    readLines(file.toString(), lines(file, "--conf"), draft, false);
  }

  /// Writes the lines of a file into a draft of settings in use (`sysctl -p`): a list that the file
  /// names is computed afresh, from its default and the file. Returns what was set, in the file's
  /// order.
  ///
  /// @param file its name, for sentences
  /// @param ignoreUnknown whether lines that name no setting are passed over
  public static Set<Setting<?>> load(
      String file, List<String> lines, Draft draft, boolean ignoreUnknown)
      throws OperatorException {
    Set<Setting<?>> named = named(lines);
    named.stream().filter(Setting::isList).forEach(draft::reset);
    readLines(file, lines, draft, ignoreUnknown);
    return named;
  }

  private static void readLines(String file, List<String> lines, Draft draft, boolean ignoreUnknown)
      throws OperatorException {
    int number = 0;
    for (String line : lines) {
      number++;
      String stripped = line.strip();
      try {
        if (!(ignoreUnknown && isOfUnknown(stripped))) {
          readLine(stripped, draft);
        }
      } catch (OperatorException e) {
        throw new OperatorException(file + " line " + number + ": " + e.sentence(), e);
      }
    }
  }

  /// Whether the line assigns to a name that is no setting's.
  private static boolean isOfUnknown(String line) {
    return !isComment(line) && line.indexOf('=') >= 0 && !SettingsTree.knows(name(line));
  }

  /// The settings that lines assign to. Lists of them are reset before any line is read, so that it
  /// does not matter whether a file names a virtual host or its settings first.
  private static Set<Setting<?>> named(List<String> lines) {
    var named = new LinkedHashSet<Setting<?>>();
    for (String line : lines) {
      try {
        named.add(SettingsTree.find(name(line.strip())));
      } catch (OperatorException unknown) {
        // said where the line is read
      }
    }
    return named;
  }

  /// What the line assigns to; empty if nothing.
  private static String name(String line) {
    int equals = line.indexOf('=');
    if (equals < 0 || isComment(line)) {
      return "";
    }
    return line.substring(line.startsWith("-") ? 1 : 0, equals).strip();
  }

  private static boolean isComment(String line) {
    return line.isEmpty() || line.startsWith("#") || line.startsWith(";");
  }

  private static void readLine(String line, Draft draft) throws OperatorException {
    if (isComment(line)) {
      return;
    }
    boolean ignoreErrors = line.startsWith("-");
    try {
      assign(ignoreErrors ? line.substring(1) : line, draft);
    } catch (OperatorException e) {
      if (!ignoreErrors) {
        throw e;
      }
    }
  }

  private static void assign(String line, Draft draft) throws OperatorException {
    int equals = line.indexOf('=');
    if (equals < 0) {
      throw new OperatorException(Quoted.of(line) + " is not of the form NAME = VALUE");
    }
    draft.writeFromFile(line.substring(0, equals), line.substring(equals + 1));
  }

  /// The same lines without what only people read: blanks around them, and comments, of which empty
  /// lines remain.
  ///
  /// @param file its name, for sentences
  public static List<String> plain(String file, List<String> lines) throws OperatorException {
    var plain = new ArrayList<String>();
    for (String line : lines) {
      String stripped = line.strip();
      plain.add(isComment(stripped) ? "" : stripped);
      if (plain.getLast().chars().anyMatch(c -> Character.isISOControl(c) && c != '\t')) {
        throw new OperatorException(
            file
                + " line "
                + plain.size()
                + ": "
                + Quoted.of(stripped)
                + " holds a control character");
      }
    }
    return plain;
  }

  /// The lines of a file.
  ///
  /// @param option by which the operator named it, for sentences
  public static List<String> lines(Path file, String option) throws OperatorException {
    if (file.toString().isEmpty()) {
      throw new OperatorException(option + " names no file");
    }
    String named = option + " " + file;
    try (InputStream in = Files.newInputStream(file)) {
      return lines(in, named);
    } catch (NoSuchFileException e) {
      throw new OperatorException(named + ": there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new OperatorException(named + ": we have no permission to read it", e);
    } catch (IOException e) {
      String cause = Files.isDirectory(file) ? "it is a directory" : String.valueOf(e.getMessage());
      throw new OperatorException(named + " cannot be read: " + cause, e);
    }
  }

  /// The lines of a stream.
  ///
  /// @param named what it is, for sentences
  public static List<String> lines(InputStream in, String named)
      throws IOException, OperatorException {
    byte[] bytes = in.readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw new OperatorException(named + " is longer than 1 MiB");
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      String rest = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
      return List.of(rest.split("\n", -1));
    } catch (CharacterCodingException e) {
      throw new OperatorException(named + " is not UTF-8 text", e);
    }
  }
}
