package net.khttpd.real;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A program that a test started: its output in a file, ended with the test.
final class Program implements AutoCloseable {
  static final long DEADLINE_NANOS = 30_000_000_000L;
  private static final int FIRST_PORT = 24_000;
  private static final int PORTS = 500;
  private static final int LOOK_AGAIN_MILLIS = 20;
  private static final AtomicInteger NEXT = new AtomicInteger((int) ProcessHandle.current().pid());

  private final Process process;
  private final Path output;

  private Program(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /// Starts it in the foreground, with output and errors in a file of `directory`.
  static Program start(Path directory, String... command) throws IOException {
    Path output = Files.createTempFile(directory, Path.of(command[0]).getFileName() + "-", ".log");
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(output.toFile());
    return new Program(builder.start(), output);
  }

  /// A port of 127.0.0.1 that nobody has, below those that the kernel gives to clients.
  static int freePort() throws IOException {
    for (int tries = 0; tries < PORTS; tries++) {
      int port = FIRST_PORT + Math.floorMod(NEXT.getAndIncrement(), PORTS);
      try (var probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return probe.getLocalPort();
      } catch (java.net.BindException taken) {
        continue;
      }
    }
    throw new IOException("no port is free from " + FIRST_PORT);
  }

  /// Returns once a connect to the port succeeds; fails with the output if the program ends
  /// instead.
  Program awaitListening(int port) throws IOException, InterruptedException {
    long end = System.nanoTime() + DEADLINE_NANOS;
    while (!listens(port)) {
      if (process.waitFor(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        throw new AssertionError("does not listen on " + port + ": " + output());
      }
    }
    return this;
  }

  static boolean listens(int port) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException refused) {
      return false;
    }
  }

  /// Returns once it has written this text so many times.
  void awaitOutput(String text, int times) throws IOException, InterruptedException {
    long end = System.nanoTime() + DEADLINE_NANOS;
    while (output().split(text, -1).length <= times) {
      boolean over = process.waitFor(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
      if (over || System.nanoTime() > end) {
        throw new AssertionError("no " + times + " times '" + text + "' in: " + output());
      }
    }
  }

  /// SIGKILL, and waits until it is gone.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// What it wrote until now.
  String output() throws IOException {
    return Files.readString(output, ISO_8859_1);
  }

  @Override
  public void close() {
    var children = process.descendants().toList();
    process.destroy();
    try {
      if (process.waitFor(DEADLINE_NANOS, TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    children.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
