package net.khttpd.frontdoor.harness;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;

/// `khttpd run` as a process of its own, for what a process has only one of: its descriptor limit.
public final class ChildServer implements AutoCloseable {
  private static final String READY = "khttpd: ready http://127.0.0.1:";
  private final Process process;
  private final int port;

  /// Starts with at most so many descriptors.
  ///
  /// @param settings as they are, but `-D...` for the JVM
  public ChildServer(Engine engine, Path root, int descriptors, String... settings)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx64m", "--enable-native-access=net.khttpd"));
    List.of(settings).stream().filter(each -> each.startsWith("-D")).forEach(command::add);
    command.addAll(List.of("-p", modules(), "-m", "net.khttpd/net.khttpd.control.Main", "run"));
    var all = new ArrayList<String>(List.of(settings));
    all.addAll(List.of("serverport=0", "clientport=0", "address=127.0.0.1", "threads=1"));
    all.addAll(List.of("engine=" + engine.setting(), "documentroot=" + root));
    all.removeIf(each -> each.startsWith("-D"));
    for (String setting : all) {
      command.addAll(List.of("-w", setting));
    }
    String limited = "ulimit -n " + descriptors + " && exec \"$@\"";
    var shell = new ArrayList<String>(List.of("bash", "-c", limited, "bash"));
    shell.addAll(command);
    process = new ProcessBuilder(shell).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    port = port(process.inputReader());
  }

  /// Our classes as a jar: it stays open, so that loading a class late takes no descriptor.
  private static String modules() throws IOException {
    String modules =
        Objects.requireNonNullElse(
            System.getProperty("jdk.module.path"), System.getProperty("java.class.path"));
    var path = new StringBuilder();
    for (String entry : modules.split(File.pathSeparator)) {
      boolean ours = Files.isDirectory(Path.of(entry));
      path.append(ours ? jar(entry) : entry).append(File.pathSeparator);
    }
    return path.toString();
  }

  private static String jar(String classes) throws IOException {
    Path jar = Files.createTempFile("khttpd", ".jar");
    jar.toFile().deleteOnExit();
    ToolProvider tool = ToolProvider.findFirst("jar").orElseThrow();
    if (tool.run(System.out, System.err, "cf", jar.toString(), "-C", classes, ".") != 0) {
      throw new IOException("no jar could be made of " + classes);
    }
    return jar.toString();
  }

  private static int port(BufferedReader out) throws IOException {
    String line = out.readLine();
    if (line == null || !line.startsWith(READY)) {
      throw new AssertionError("instead of the ready line: " + line);
    }
    return Integer.parseInt(line.substring(READY.length()).split("\\D", 2)[0]);
  }

  public int port() {
    return port;
  }

  /// User and system time taken so far.
  public Duration processorTime() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /// SIGSTOP, and waits until every thread stands: what comes from now on is found by the server in
  /// one turn, after [#resume].
  public void stop() throws IOException, InterruptedException {
    signal("STOP");
    long end = System.nanoTime() + RawClient.DEADLINE_MILLIS * 1_000_000L;
    while (!stopped()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("still running after SIGSTOP");
      }
    }
  }

  private boolean stopped() throws IOException {
    try (var threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
      for (Path thread : threads.toList()) {
        String stat = Files.readString(thread.resolve("stat"));
        if (!stat.startsWith(" T ", stat.lastIndexOf(')') + 1)) {
          return false;
        }
      }
    }
    return true;
  }

  /// SIGCONT.
  public void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /// SIGTERM; the exit code, within the deadline.
  public int terminate() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(RawClient.DEADLINE_MILLIS * 2L, TimeUnit.MILLISECONDS)) {
      throw new AssertionError("still running after SIGTERM");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
