package net.khttpd.real;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// `./khttpd` on a terminal of 80 by 24, which script(1) makes; then it says whether the terminal's
/// modes are as before.
final class Terminal implements AutoCloseable {
  private static final int LOOK_AGAIN_MILLIS = 20;
  private static final long DEADLINE_NANOS = 30_000_000_000L;

  private final Process process;
  private final StringBuffer shown = new StringBuffer();
  private final Thread reader;

  Terminal(Path directory, String line) throws IOException {
    String command =
        "stty rows 24 cols 80; trap : INT; stty -g >%1$s/before; %2$s %3$s; stty -g >%1$s/after;"
            .formatted(directory, Path.of("khttpd").toAbsolutePath(), line);
    String compare = " cmp %1$s/before %1$s/after && echo same modes".formatted(directory);
    var builder = new ProcessBuilder("script", "-qefc", command + compare, "/dev/null");
    builder.environment().put("TERM", "xterm");
    builder.environment().put("LC_ALL", "C.UTF-8");
    process = builder.redirectErrorStream(true).start();
    reader = Thread.ofVirtual().start(this::read);
  }

  private void read() {
    var buffer = new byte[8192];
    try (InputStream in = process.getInputStream()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        shown.append(new String(buffer, 0, n, UTF_8));
      }
    } catch (IOException e) {
      shown.append(e);
    }
  }

  /// Returns once this has been shown.
  void await(String text) throws InterruptedException {
    long end = System.nanoTime() + DEADLINE_NANOS;
    while (shown.indexOf(text) < 0) {
      boolean over = process.waitFor(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
      if (over || System.nanoTime() > end) {
        throw new AssertionError("no '" + text + "' in: " + shown);
      }
    }
  }

  void type(String keys) throws IOException {
    process.getOutputStream().write(keys.getBytes(UTF_8));
    process.getOutputStream().flush();
  }

  /// SIGTERM for the program.
  void terminate() {
    process
        .descendants()
        .filter(each -> each.info().command().orElse("").endsWith("/java"))
        .forEach(ProcessHandle::destroy);
  }

  /// All that was shown when the program has ended.
  String untilEnd() throws InterruptedException {
    if (!process.waitFor(DEADLINE_NANOS, TimeUnit.NANOSECONDS)) {
      throw new AssertionError("it does not end: " + shown);
    }
    reader.join();
    return shown.toString();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
