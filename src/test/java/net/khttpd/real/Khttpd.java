package net.khttpd.real;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import net.khttpd.frontdoor.harness.Engine;

/// `./khttpd` as its user sees it: a command, its two outputs, signals, an exit code. Forcibly
/// ended at the end of the test if the test did not end it.
final class Khttpd implements AutoCloseable {
  private static final String READY = "khttpd: ready http://127.0.0.1:";
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final Duration LONGEST_LIFE = Duration.ofMinutes(15);
  private static final int LOOK_AGAIN_MILLIS = 20;

  /// What a command said and how it ended.
  record Ended(int exit, String out, String err) {}

  private final Process process;
  private final BufferedReader out;
  private final Path err;

  private Khttpd(Process process, Path err) {
    this.process = process;
    this.out = process.inputReader();
    this.err = err;
  }

  /// Any command line.
  static Khttpd command(List<String> arguments) throws IOException {
    return by(List.of(), arguments);
  }

  /// As above, started by a command such as `env LC_ALL=C` that becomes it.
  static Khttpd by(List<String> starter, List<String> arguments) throws IOException {
    Path err = Files.createTempFile("khttpd-stderr", ".log");
    err.toFile().deleteOnExit();
    var command = new ArrayList<String>(starter);
    command.add(Path.of("khttpd").toAbsolutePath().toString());
    command.addAll(arguments);
    var builder = new ProcessBuilder(command).redirectError(err.toFile());
    return new Khttpd(builder.start(), err).endedAfter(LONGEST_LIFE);
  }

  /// `run` on this engine with one loop on 127.0.0.1, and these settings (`name=value`).
  static Khttpd run(Engine engine, Path root, String... settings) throws IOException {
    return command(line(engine, root, settings));
  }

  /// The same with a control socket of its own.
  static Khttpd run(Engine engine, Path root, Path socket, String... settings) throws IOException {
    List<String> line = line(engine, root, settings);
    line.addAll(List.of("--socket", "" + socket));
    return command(line);
  }

  /// The same with the control socket in a directory of XDG_RUNTIME_DIR.
  static Khttpd withRuntime(Path directory, Engine engine, Path root) throws IOException {
    return by(List.of("env", "XDG_RUNTIME_DIR=" + directory), line(engine, root));
  }

  private static List<String> line(Engine engine, Path root, String... settings) {
    var arguments = new ArrayList<String>(List.of("run"));
    var all = new ArrayList<String>(List.of("address=127.0.0.1", "threads=1", "clientport=0"));
    all.addAll(List.of("serverport=0", "engine=" + engine.setting(), "documentroot=" + root));
    all.addAll(List.of(settings));
    for (String setting : all) {
      arguments.addAll(List.of("-w", setting));
    }
    return arguments;
  }

  /// Runs a command that ends by itself.
  static Ended ended(String... arguments) throws Exception {
    return endedBy(List.of(), arguments);
  }

  /// As above, started by a command that becomes it.
  static Ended endedBy(List<String> starter, String... arguments) throws Exception {
    try (Khttpd khttpd = by(starter, List.of(arguments)).endedAfter(DEADLINE)) {
      String out = khttpd.restOfOut();
      return new Ended(khttpd.exit(DEADLINE), out, khttpd.err());
    }
  }

  /// Bounds every wait for its output: a read from a pipe has no deadline.
  private Khttpd endedAfter(Duration life) {
    CompletableFuture.delayedExecutor(life.toMillis(), TimeUnit.MILLISECONDS)
        .execute(process::destroyForcibly);
    return this;
  }

  /// The port of the ready line, which is the next line on stdout.
  int port() throws IOException {
    String line = line();
    assertTrue(line.startsWith(READY), () -> "instead of the ready line: " + line + errors());
    return Integer.parseInt(line.substring(READY.length()).split("\\D", 2)[0]);
  }

  /// The next line on stdout; empty at its end.
  String line() throws IOException {
    String line = out.readLine();
    return line == null ? "" : line;
  }

  /// Everything on stdout until the process ends.
  String restOfOut() throws IOException {
    var rest = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      rest.append(line).append('\n');
    }
    return rest.toString();
  }

  String err() throws IOException {
    return Files.readString(err);
  }

  private String errors() {
    try {
      return " and " + err();
    } catch (IOException unreadable) {
      return " and no stderr: " + unreadable;
    }
  }

  /// Returns once stderr holds this text.
  void awaitErr(String text) throws Exception {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!err().contains(text)) {
      boolean over = process.waitFor(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
      if ((over || System.nanoTime() > end) && !err().contains(text)) {
        throw new AssertionError("stderr lacks '" + text + "': " + err());
      }
    }
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /// Sends a signal by its name, such as `TERM`.
  void signal(String name) throws Exception {
    int exit = new ProcessBuilder("kill", "-" + name, "" + pid()).start().waitFor();
    assertTrue(exit == 0, () -> "kill -" + name + " of a process that is gone" + errors());
  }

  /// The exit code, within the deadline.
  int exit(Duration deadline) throws Exception {
    if (!process.waitFor(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new TimeoutException("still running after " + deadline + ": " + err());
    }
    return process.exitValue();
  }

  /// A figure of /proc/PID/status in KiB, such as `VmRSS` or `VmHWM`.
  long kib(String name) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
      if (line.startsWith(name + ":")) {
        return Long.parseLong(line.replaceAll("\\D+", ""));
      }
    }
    throw new IOException("no " + name + " of process " + pid());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
