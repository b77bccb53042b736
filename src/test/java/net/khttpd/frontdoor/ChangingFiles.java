package net.khttpd.frontdoor;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// A thousand files that change all the time, each in its own way, and whose every line says which
/// file, version and line it is. Each file has one writer; what it has done is known to all.
final class ChangingFiles {
  static final int FILES = 1000;
  static final int LINE = 32;
  private static final int IN_A_DIRECTORY = 50;

  /// Versions whose beginning is remembered, of each file.
  private static final int PAST = 4096;

  /// How a file changes, and so what an answer may be.
  enum Way {
    /// A new version by rename: an answer is one version, whole.
    REPLACED,
    /// The same, of files sent by sendfile(2).
    REPLACED_LARGE,
    /// Cut to nothing and written anew, line by line: an answer is the beginning of one version.
    TRUNCATED,
    /// Grows line by line: an answer is the beginning of its version.
    APPENDED,
    /// Closed to others, and opened again: the whole file or 404.
    CHMOD,
    /// Large ones, cut and written in place: what was sent by reference may change on its way, so
    /// an answer has a right head and is complete or cut.
    LARGE_IN_PLACE;

    boolean large() {
      return this == REPLACED_LARGE || this == LARGE_IN_PLACE;
    }
  }

  private final Path root;
  private final Path beside;
  private final int[] versions = new int[FILES];
  private final Map<Integer, TreeMap<Long, Integer>> begun = new TreeMap<>();

  ChangingFiles(Path root, Path beside) throws IOException {
    this.root = root;
    this.beside = beside;
    for (int file = 0; file < FILES; file++) {
      begun.put(file, new TreeMap<>());
      if (file % IN_A_DIRECTORY == 0) {
        Path directory = Files.createDirectory(root.resolve(path(file)).getParent());
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      replace(file);
    }
  }

  static String path(int file) {
    return "d" + file / IN_A_DIRECTORY + "/f" + file + ".txt";
  }

  static Way way(int file) {
    return switch (file % 20) {
      case 0 -> Way.REPLACED_LARGE;
      case 1 -> Way.LARGE_IN_PLACE;
      case 2, 3, 4, 5 -> Way.TRUNCATED;
      case 6, 7, 8, 9 -> Way.APPENDED;
      case 10, 11, 12 -> Way.CHMOD;
      default -> Way.REPLACED;
    };
  }

  /// Lines of a version that is whole.
  static int lines(int file, int version) {
    int few = 1 + (file * 7 + version * 13) % (way(file).large() ? 5_000 : 1_500);
    return way(file).large() ? 3_000 + few : few;
  }

  static byte[] line(int file, int version, int number) {
    byte[] line = "f0000 v00000000 line0000000000.\n".getBytes(US_ASCII);
    place(file, line, 5);
    place(version, line, 15);
    place(number, line, 30);
    return line;
  }

  private static void place(int number, byte[] into, int end) {
    int rest = number;
    for (int at = end - 1; rest > 0; rest /= 10) {
      into[at--] = (byte) ('0' + rest % 10);
    }
  }

  static byte[] content(int file, int version, int lines) {
    var bytes = ByteBuffer.allocate(lines * LINE);
    for (int i = 0; i < lines; i++) {
      bytes.put(line(file, version, i));
    }
    return bytes.array();
  }

  /// The newest version that had been in place for a while at a time, on the clock of nanoTime.
  int since(int file, long nanos) {
    TreeMap<Long, Integer> times = begun.get(file);
    synchronized (times) {
      Map.Entry<Long, Integer> at = times.floorEntry(nanos);
      return at == null ? 0 : at.getValue();
    }
  }

  /// The next change of a file; called by its one writer.
  void change(int file, Random random) throws IOException {
    switch (way(file)) {
      case REPLACED, REPLACED_LARGE -> replace(file);
      case TRUNCATED, LARGE_IN_PLACE -> truncate(file);
      case APPENDED -> append(file, random);
      case CHMOD -> {
        String mode = random.nextBoolean() ? "rw-r--r--" : "rw-------";
        Files.setPosixFilePermissions(
            root.resolve(path(file)), PosixFilePermissions.fromString(mode));
      }
    }
  }

  private void replace(int file) throws IOException {
    int version = versions[file] + 1;
    int lines = way(file) == Way.APPENDED ? 1 : lines(file, version);
    Path next = beside.resolve("next" + file);
    Files.write(next, content(file, version, lines));
    Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-r--r--"));
    Files.move(next, root.resolve(path(file)), StandardCopyOption.ATOMIC_MOVE);
    versions[file] = version;
    TreeMap<Long, Integer> times = begun.get(file);
    synchronized (times) {
      times.put(System.nanoTime(), version);
      if (times.size() > PAST) {
        times.pollFirstEntry();
      }
    }
  }

  private void truncate(int file) throws IOException {
    int version = ++versions[file];
    byte[] content = content(file, version, lines(file, version));
    try (FileChannel channel =
        FileChannel.open(
            root.resolve(path(file)),
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      for (int at = 0; at < content.length; ) {
        int piece = Math.min(content.length - at, 8 * 1024);
        at += channel.write(ByteBuffer.wrap(content, at, piece));
      }
    }
  }

  private void append(int file, Random random) throws IOException {
    int length = (int) Files.size(root.resolve(path(file)));
    if (length > 1_000 * LINE) {
      replace(file);
      return;
    }
    int from = length / LINE;
    try (FileChannel channel =
        FileChannel.open(root.resolve(path(file)), StandardOpenOption.APPEND)) {
      for (int i = from; i < from + 1 + random.nextInt(40); i++) {
        channel.write(ByteBuffer.wrap(line(file, versions[file], i)));
      }
    }
  }
}
