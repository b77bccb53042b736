package net.khttpd.real;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Figures of the long tests: `./check --long` copies them from `target/proof.txt` into its
/// summary.
public final class Proof {
  private static final Path FILE = Path.of("target", "proof.txt");

  private Proof() {}

  /// Appends a line.
  public static void line(String text) throws IOException {
    Files.createDirectories(Path.of("target"));
    Files.writeString(FILE, text + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
