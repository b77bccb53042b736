package net.khttpd.endurance;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import net.khttpd.frontdoor.harness.Answer;

/// Files that change all the time, and whose every line says which file, version and offset it is:
/// so an answer proves itself whole, of one version, and of the ETag it claims.
final class Versions {
  private static final int LINE = 32;
  private static final int[] LINES = {4, 120, 640, 3_000, 9_000, 70_000};

  private final Path root;
  private final int[] current = new int[LINES.length];
  private final Map<String, String> tags = new ConcurrentHashMap<>();

  Versions(Path root) throws IOException {
    this.root = root;
    for (int file = 0; file < LINES.length; file++) {
      change(file);
    }
  }

  static String target(int file) {
    return "/f" + file + ".txt";
  }

  static int any(Random random) {
    return random.nextInt(8) == 0 ? LINES.length - 1 : random.nextInt(LINES.length - 1);
  }

  static int count() {
    return LINES.length;
  }

  /// Puts the next version in place by rename.
  void change(int file) throws IOException {
    int version = ++current[file];
    Path next = root.resolve("next" + file);
    Files.write(next, content(file, version));
    Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-r--r--"));
    Files.move(next, root.resolve("f" + file + ".txt"), StandardCopyOption.ATOMIC_MOVE);
  }

  private static byte[] content(int file, int version) {
    int lines = LINES[file] + version % 7;
    var text = new StringBuilder(lines * LINE);
    for (int i = 0; i < lines; i++) {
      text.append(String.format("f%02d v%08d @%016d\n", file, version, (long) i * LINE));
    }
    return text.toString().getBytes(US_ASCII);
  }

  /// What is wrong with the answer, or the empty string.
  String wrong(int file, Answer answer) {
    if (answer.status() != 200 || !answer.complete()) {
      return "status " + answer.status() + (answer.complete() ? "" : ", cut");
    }
    String text = answer.text();
    int lines = text.length() / LINE;
    if (!text.startsWith("f%02d v".formatted(file)) || text.length() % LINE != 0) {
      return "another file: " + text.substring(0, Math.min(LINE, text.length()));
    }
    String first = text.substring(0, 14);
    for (int i = 0; i < lines; i++) {
      if (!text.startsWith(first, i * LINE)
          || Long.parseLong(text, i * LINE + 15, i * LINE + 31, 10) != (long) i * LINE) {
        return "line " + i + " of " + first + ": " + text.substring(i * LINE, (i + 1) * LINE);
      }
    }
    int version = Integer.parseInt(text, 5, 13, 10);
    if (lines != LINES[file] + version % 7) {
      return first + " has " + lines + " lines";
    }
    String tag = answer.field("ETag").orElse("none").replace("W/", "");
    String known = tags.putIfAbsent(tag, first);
    return known == null || known.equals(first) ? "" : tag + " is of " + known + " and " + first;
  }
}
