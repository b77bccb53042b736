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
    int number = 0;
    for (String line : text(file).split("\n", -1)) {
      number++;
      try {
        readLine(line.strip(), draft);
      } catch (OperatorException e) {
        throw new OperatorException(file + " line " + number + ": " + e.sentence(), e);
      }
    }
  }

  private static void readLine(String line, Draft draft) throws OperatorException {
    if (line.isEmpty() || line.startsWith("#") || line.startsWith(";")) {
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

  private static String text(Path file) throws OperatorException {
    if (file.toString().isEmpty()) {
      throw new OperatorException("--conf names no file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new OperatorException("--conf " + file + " is longer than 1 MiB");
      }
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (NoSuchFileException e) {
      throw new OperatorException("--conf " + file + ": there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new OperatorException("--conf " + file + ": we have no permission to read it", e);
    } catch (CharacterCodingException e) {
      throw new OperatorException("--conf " + file + " is not UTF-8 text", e);
    } catch (IOException e) {
      String cause = Files.isDirectory(file) ? "it is a directory" : String.valueOf(e.getMessage());
      throw new OperatorException("--conf " + file + " cannot be read: " + cause, e);
    }
  }
}
