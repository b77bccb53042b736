package net.khttpd.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What a person types at bash(1), with variables such as `$DIR`.
final class Shell {
  private static final int DEADLINE_SECONDS = 60;
  private static final int CAP_SYS_ADMIN = 21;

  private final Map<String, String> variables;

  Shell(Map<String, String> variables) {
    this.variables = variables;
  }

  /// Skips the test where nobody may mount: without the device, or the right to.
  static void assumeFuse() throws IOException {
    assumeTrue(Files.exists(Path.of("/dev/fuse")), "no FUSE here: there is no /dev/fuse");
    String effective = "0";
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      effective = line.startsWith("CapEff:") ? line.substring(7).strip() : effective;
    }
    boolean may = (Long.parseUnsignedLong(effective, 16) >> CAP_SYS_ADMIN & 1) == 1;
    assumeTrue(may, "no FUSE here: to mount takes CAP_SYS_ADMIN");
  }

  /// How a script ended and what it wrote.
  Khttpd.Ended ended(String... script) throws Exception {
    Path out = Files.createTempFile("shell", ".out");
    Path err = Files.createTempFile("shell", ".err");
    try {
      var builder = new ProcessBuilder(List.of("bash", "-c", String.join("\n", script)));
      builder.environment().putAll(variables);
      builder.environment().put("LC_ALL", "C.UTF-8");
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new AssertionError("still running: " + String.join("; ", script));
      }
      return new Khttpd.Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /// What a script writes; it must neither fail nor complain.
  String out(String... script) throws Exception {
    var ended = ended(script);
    assertEquals("", ended.err());
    assertEquals(0, ended.exit());
    return ended.out();
  }

  /// A line must be refused to its writer with this reason.
  void refused(String reason, String line) throws Exception {
    var ended = ended(line);
    assertEquals(1, ended.exit(), ended::toString);
    assertEquals(true, ended.err().contains(reason), ended::toString);
  }
}
