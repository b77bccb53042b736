package net.khttpd.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// A small C program of the tests, compiled with gcc; without gcc the test fails.
public record CProgram(Path executable) {
  /// Compiles a source that lies in the test resources.
  public static CProgram ofResource(String name, Path directory) throws Exception {
    try (InputStream in = CProgram.class.getResourceAsStream(name)) {
      byte[] source = Objects.requireNonNull(in, name).readAllBytes();
      return compile(new String(source), directory);
    }
  }

  static CProgram compile(String source, Path directory) throws Exception {
    Path file = Files.createTempFile(directory, "program", ".c");
    Files.writeString(file, source);
    Path executable = Path.of(file.toString().replaceFirst("\\.c$", ""));
    output("gcc", "-O1", "-Wall", "-Werror", "-o", executable.toString(), file.toString());
    return new CProgram(executable);
  }

  /// What it prints.
  public String run() throws Exception {
    return output(executable.toString());
  }

  private static String output(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor(), output);
    return output;
  }
}
