package net.khttpd.endurance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;

/// Clients of every kind, to whom nothing may happen while a server changes under them: every
/// connection stays until its client closes it, every answer is whole and right to the last byte.
/// Only who connects to a port that the server has left may be refused.
final class SteadyLoad {
  private static final int EACH = 3;
  private static final int WINDOW_BYTES = 2_048;

  /// Long, because a request may wait for the next change, and the machine is as busy as can be.
  private static final int DEADLINE_MILLIS = 60_000;

  private static final String SWITCHING =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

  private static final String HELD_HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234";

  final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  final Ticks answers = new Ticks();
  final Ticks changes = new Ticks();
  private final Versions versions;
  private final List<Thread> threads = new ArrayList<>();
  private volatile int port;
  private volatile boolean moving;
  private volatile int moves;
  private volatile boolean over;

  private interface Role {
    void play(Random random) throws IOException, InterruptedException;
  }

  SteadyLoad(Versions versions, int port) {
    this.versions = versions;
    this.port = port;
  }

  /// Answers `/held` in two halves, with a change of the server between them.
  RecordingBackend.Script backend() {
    return c -> {
      for (var request = c.read(); request != null; request = c.read()) {
        if (request.head().startsWith("GET /held")) {
          long seen = changes.count();
          c.send(HELD_HEAD);
          awaitChange(seen);
          c.send("56789");
        } else if (request.head().startsWith("GET /tunnel")) {
          c.send(SWITCHING);
          for (String piece = c.head(); !piece.isEmpty(); piece = c.head()) {
            c.send(piece);
          }
        } else {
          c.send(RecordingBackend.OK);
        }
      }
    };
  }

  void start() {
    List<Role> roles =
        List.of(
            this::keepAlive,
            this::pipeline,
            this::oneRequestAConnection,
            this::readSlowly,
            this::passOn,
            this::passOnAcrossAChange,
            this::tunnelAcrossChanges,
            this::halfAHead,
            this::beIdle);
    for (int i = 0; i < roles.size() * EACH; i++) {
      Role role = roles.get(i % roles.size());
      var random = new Random(i);
      threads.add(Thread.ofVirtual().start(() -> again(role, random)));
    }
  }

  /// A change is about to be written: who connects until it is in effect may be refused if it
  /// `moves` the port.
  void begin(boolean movesThePort) {
    moving = movesThePort;
    moves += movesThePort ? 1 : 0;
  }

  /// It is in effect.
  void changed(int portNow) {
    port = portNow;
    moves += moving ? 1 : 0;
    moving = false;
    changes.tick();
  }

  /// Waits until some more answers have come, or something went wrong.
  void progress() throws InterruptedException {
    answers.await(answers.count() + 60);
  }

  void stop() throws InterruptedException {
    over = true;
    changes.end();
    for (Thread thread : threads) {
      assertTrue(thread.join(Duration.ofSeconds(60)), "a client waits for ever");
    }
    assertTrue(wrong.isEmpty(), () -> wrong.size() + " wrong: " + wrong);
  }

  private void again(Role role, Random random) {
    while (!over && wrong.isEmpty()) {
      int before = moves;
      try {
        role.play(random);
      } catch (ConnectException refused) {
        if (!over && !moving && before == moves) {
          fail(refused);
        }
      } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
        fail(e);
      }
    }
  }

  private void fail(Throwable why) {
    var frames = new StringBuilder(why.toString());
    for (StackTraceElement frame : why.getStackTrace()) {
      if (frame.getClassName().startsWith("net.khttpd")) {
        frames
            .append(" < ")
            .append(frame.getMethodName())
            .append(':')
            .append(frame.getLineNumber());
      }
    }
    wrong.add(frames.toString());
    answers.end();
    changes.end();
  }

  private void awaitChange(long seen) throws InterruptedException {
    changes.await(seen + 1);
  }

  private RawClient connect(int receiveBuffer) throws IOException {
    return new RawClient(port, receiveBuffer).deadlineMillis(DEADLINE_MILLIS);
  }

  private void check(RawClient client, int file) throws IOException {
    String fault = versions.wrong(file, client.read());
    if (!fault.isEmpty()) {
      throw new AssertionError(fault);
    }
    answers.tick();
  }

  /// One connection for as long as the load lasts.
  private void keepAlive(Random random) throws IOException {
    try (var client = connect(0)) {
      while (!over && wrong.isEmpty()) {
        int file = random.nextInt(5);
        check(client.send(Wire.get(Versions.target(file))), file);
      }
    }
  }

  private void pipeline(Random random) throws IOException {
    try (var client = connect(0)) {
      while (!over && wrong.isEmpty()) {
        int[] files = random.ints(1 + random.nextInt(20), 0, 5).toArray();
        var batch = new StringBuilder();
        for (int file : files) {
          batch.append(Wire.get(Versions.target(file)));
        }
        byte[] bytes = Wire.bytes(batch.toString());
        int cut = random.nextInt(bytes.length);
        client.send(bytes, 0, cut).send(bytes, cut, bytes.length);
        for (int file : files) {
          check(client, file);
        }
      }
    }
  }

  private void oneRequestAConnection(Random random) throws IOException {
    int file = random.nextInt(5);
    try (var client = connect(0)) {
      check(client.send(Wire.get(Versions.target(file), "Connection: close")), file);
      client.assertClosed();
    }
  }

  /// Two megabytes through a window of two kilobytes, and then another request.
  private void readSlowly(Random random) throws IOException {
    int large = Versions.count() - 1;
    try (var client = connect(WINDOW_BYTES)) {
      client.send(Wire.get(Versions.target(large)) + Wire.get(Versions.target(1)));
      check(client, large);
      check(client, 1);
    }
  }

  private void passOn(Random random) throws IOException {
    try (var client = connect(0)) {
      while (!over && wrong.isEmpty()) {
        String upload = "x".repeat(random.nextInt(40_000));
        String field = "Content-Length: " + upload.length();
        client.send(Wire.request("POST", "/p.cgi", field) + upload + Wire.get("/f2.txt"));
        assertEquals("backend", client.read().text());
        check(client, 2);
      }
    }
  }

  private void passOnAcrossAChange(Random random) throws IOException {
    try (var client = connect(0)) {
      while (!over && wrong.isEmpty()) {
        client.send(Wire.get("/held"));
        assertEquals("0123456789", client.read().text());
        check(client.send(Wire.get("/f3.txt")), 3);
      }
    }
  }

  /// One tunnel (RFC 9110 §7.8) for as long as the load lasts.
  private void tunnelAcrossChanges(Random random) throws IOException, InterruptedException {
    try (var client = connect(0)) {
      client.send(Wire.get("/tunnel", "Connection: Upgrade", "Upgrade: echo"));
      assertTrue(client.head().startsWith("HTTP/1.1 101 "), "no tunnel");
      while (!over && wrong.isEmpty()) {
        String piece = "x".repeat(1 + random.nextInt(40_000)) + "\r\n\r\n";
        assertEquals(piece, client.send(piece).head());
        answers.tick();
        awaitChange(changes.count());
        assertEquals(piece, client.send(piece).head());
      }
    }
  }

  private void halfAHead(Random random) throws IOException, InterruptedException {
    try (var client = connect(0)) {
      while (!over && wrong.isEmpty()) {
        int file = random.nextInt(5);
        byte[] request = Wire.bytes(Wire.get(Versions.target(file)));
        int cut = 1 + random.nextInt(request.length - 1);
        long seen = changes.count();
        client.send(request, 0, cut);
        awaitChange(seen);
        check(client.send(request, cut, request.length), file);
      }
    }
  }

  private void beIdle(Random random) throws IOException, InterruptedException {
    try (var client = connect(0)) {
      while (!over && wrong.isEmpty()) {
        int file = random.nextInt(5);
        check(client.send(Wire.get(Versions.target(file))), file);
        awaitChange(changes.count());
      }
    }
  }
}
