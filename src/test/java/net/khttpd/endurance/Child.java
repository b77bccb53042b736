package net.khttpd.endurance;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `khttpd run` in a process of its own, and what /proc tells of it.
final class Child implements AutoCloseable {
  private static final Pattern READY =
      Pattern.compile("khttpd: ready http://127\\.0\\.0\\.1:(\\d+) engine=(\\S+) .*");
  private static final long END_SECONDS = 30;
  private static final int TICKS_PER_SECOND = 100; // USER_HZ of proc(5) on every Linux we run on

  private final Process process;
  private final Path log;
  private final @Nullable Matcher ready;

  private Child(Process process, Path log, @Nullable Matcher ready) {
    this.process = process;
    this.log = log;
    this.ready = ready;
  }

  /// Starts behind a command that becomes it (or none), and waits until it serves or has ended.
  static Child start(List<String> behind, Path root, String... settings) throws IOException {
    var command = new ArrayList<String>(behind);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xms16m", "-Xmx64m"));
    command.addAll(List.of("--enable-native-access=net.khttpd", "-p", modules()));
    command.addAll(List.of("-m", "net.khttpd/net.khttpd.control.Main", "run"));
    var all = new ArrayList<String>(List.of("serverport=0", "clientport=0", "address=127.0.0.1"));
    all.add("documentroot=" + root);
    all.addAll(Arrays.asList(settings));
    all.forEach(setting -> command.addAll(List.of("-w", setting)));
    Path log = Files.createTempFile("khttpd", ".log");
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    BufferedReader out = process.inputReader();
    String line = out.readLine();
    Matcher matcher = line == null ? null : READY.matcher(line);
    return new Child(process, log, matcher != null && matcher.matches() ? matcher : null);
  }

  private static final String LIBRARIES = ".*/(picocli|prometheus|jline)[^/]*";

  /// Our classes and what they require; what else is there does no harm.
  private static String modules() {
    String path = System.getProperty("jdk.module.path", "");
    String classes = System.getProperty("java.class.path", "");
    var used = new ArrayList<String>();
    for (String entry : (path + File.pathSeparator + classes).split(File.pathSeparator)) {
      boolean ours = Files.exists(Path.of(entry, "module-info.class"));
      if (ours || entry.matches(LIBRARIES)) {
        used.add(entry);
      }
    }
    return String.join(File.pathSeparator, used);
  }

  private Matcher ready() {
    if (ready == null) {
      throw new AssertionError("it does not serve: " + log());
    }
    return ready;
  }

  int port() {
    return Integer.parseInt(ready().group(1));
  }

  String engine() {
    return ready().group(2);
  }

  /// What it has logged so far.
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Time on the processors so far.
  long processorMillis() throws IOException {
    return millis(Files.readString(proc("stat")));
  }

  /// The same of the loops and the kernel's workers for their rings alone: not of the compiler.
  long loopMillis() throws IOException {
    long sum = 0;
    try (var tasks = Files.list(proc("task"))) {
      for (Path task : tasks.toList()) {
        String stat = Files.readString(task.resolve("stat"));
        sum += stat.contains("(khttpd-") || stat.contains("(iou-") ? millis(stat) : 0;
      }
    }
    return sum;
  }

  private static long millis(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 1000 / TICKS_PER_SECOND;
  }

  long residentKib() throws IOException {
    for (String line : Files.readAllLines(proc("status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new AssertionError("no VmRSS");
  }

  long descriptors() throws IOException {
    try (var list = Files.list(proc("fd"))) {
      return list.count();
    }
  }

  /// Threads, those of the kernel that work for its rings included.
  long threads() throws IOException {
    try (var list = Files.list(proc("task"))) {
      return list.count();
    }
  }

  /// Waits until no more descriptors are open than before.
  void awaitDescriptors(long atMost) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
    long now = descriptors();
    while (now > atMost) {
      if (System.nanoTime() > end) {
        throw new AssertionError(now + " descriptors, there were " + atMost + "\n" + log());
      }
      Thread.onSpinWait();
      now = descriptors();
    }
  }

  private Path proc(String file) {
    return Path.of("/proc", Long.toString(process.pid()), file);
  }

  /// SIGTERM, without waiting.
  void terminate() {
    process.destroy();
  }

  /// The exit code, once it has ended.
  int exit() throws InterruptedException {
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running\n" + log());
    }
    return process.exitValue();
  }

  void assertNoFault() {
    if (log().contains("a fault of ours")) {
      throw new AssertionError(log());
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.delete(log);
  }
}
