package net.khttpd.endurance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Short form for every build, full length with `-Dkhttpd.long=true`; and where figures go.
final class Length {
  static final boolean LONG = Boolean.getBoolean("khttpd.long");

  private Length() {}

  static int of(int inShort, int inLong) {
    return LONG ? inLong : inShort;
  }

  /// Appends a line to target/proof.txt, if there is a target.
  static void proof(String line) throws IOException {
    Path target = Path.of("target");
    if (Files.isDirectory(target)) {
      Files.writeString(
          target.resolve("proof.txt"),
          line + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }
}
