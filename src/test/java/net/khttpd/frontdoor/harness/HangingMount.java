package net.khttpd.frontdoor.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A file system that hangs when told to (`hang.c`, over FUSE): every name without a dot in front
/// is a file of [#LENGTH] bytes. Closing it unmounts it and ends its process.
public final class HangingMount implements AutoCloseable {
  public static final int LENGTH = 3 << 20;

  private static final String REFUSED = "refused: ";
  private static final int DEADLINE_SECONDS = 20;

  private final Process process;
  private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private HangingMount(Process process) {
    this.process = process;
    Thread.ofVirtual().start(this::read);
  }

  /// Mounts it. Without /dev/fuse, or where the kernel refuses the mount (it takes root), the test
  /// is skipped with the kernel's reason; if it does not work for any other, it fails with that.
  public static HangingMount on(Path directory, Path program)
      throws IOException, InterruptedException {
    var command = new ProcessBuilder(program.toString(), directory.toString());
    var mount = new HangingMount(command.redirectErrorStream(true).start());
    String said = mount.next();
    if (said.equals("mounted")) {
      return mount;
    }
    mount.close();
    if (said.startsWith(REFUSED)) {
      return abort("no FUSE here: " + said.substring(REFUSED.length()));
    }
    throw new AssertionError("hang.c does not mount: " + said);
  }

  /// What every file holds.
  public static byte[] content() {
    byte[] content = new byte[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      content[i] = (byte) ((i >> 12) * 31 + i);
    }
    return content;
  }

  /// From now on nothing is answered.
  public void hold() throws IOException, InterruptedException {
    tell("hold\n");
    assertEquals("holding", next());
  }

  /// Waits until something hangs.
  public void awaitHeld() throws InterruptedException {
    assertEquals("held", next());
  }

  /// Answers what hangs, and what comes.
  public void free() throws IOException, InterruptedException {
    tell("free\n");
    String line = next();
    while (line.equals("held")) {
      line = next();
    }
    assertEquals("going", line);
  }

  private void tell(String line) throws IOException {
    process.getOutputStream().write(Wire.bytes(line));
    process.getOutputStream().flush();
  }

  private String next() throws InterruptedException {
    String line = lines.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
    return line == null ? "silence" : line;
  }

  private void read() {
    try (var reader = process.inputReader()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
      lines.add("end");
    } catch (IOException ended) {
      lines.add("end");
    }
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      process.onExit().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("it does not unmount", e);
    }
  }
}
