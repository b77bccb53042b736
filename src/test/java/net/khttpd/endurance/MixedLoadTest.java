package net.khttpd.endurance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Site;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// Everybody at once, for a while: good clients, floods of pipelined requests, slow readers, half
/// closes, resets at every stage, a backend, and files that change under them. No answer may have a
/// wrong byte, and when all have gone nothing may be left.
final class MixedLoadTest {
  private static final int EACH = 4;
  private static final int WINDOW_BYTES = 2_048;

  /// Both engines at the same time: in full length, ten minutes are enough for two.
  @Test
  void noAnswerIsWrongAndNothingIsLeft() throws Exception {
    try (ExecutorService both = Executors.newVirtualThreadPerTaskExecutor()) {
      var runs = new ArrayList<Future<?>>();
      for (Engine engine : Engine.values()) {
        runs.add(
            both.submit(() -> {
              noAnswerIsWrongAndNothingIsLeft(engine);
              return engine;
            }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    }
  }

  private static void noAnswerIsWrongAndNothingIsLeft(Engine engine) throws Exception {
    try (var site = new Site();
        RecordingBackend backend = RecordingBackend.ok();
        Child child =
            Child.start(
                List.of(),
                site.root(),
                "engine=" + engine.setting(),
                "threads=2",
                "backend=" + backend.setting())) {
      var versions = new Versions(site.root());
      long before = warm(child, versions);
      var load = new Load(child, versions, Length.of(8, 600) * 1_000_000_000L);
      load.run();
      assertTrue(load.wrong.isEmpty(), () -> engine + ": " + load.wrong + "\n" + child.log());
      child.awaitDescriptors(before + 8); // at most: idle connections to the backend
      long spent = child.loopMillis();
      assertServed(child, versions);
      assertTrue(child.loopMillis() - spent < 1_000, "the loops are busy with nothing");
      child.assertNoFault();
      child.terminate();
      assertEquals(0, child.exit(), child.log());
      Length.proof(
          "mixed load: %d answers verified, %d resets, %d s, %s"
              .formatted(
                  load.answers.get(), load.resets.get(), Length.of(8, 600), engine.setting()));
    }
  }

  private static long warm(Child child, Versions versions) throws IOException {
    for (int i = 0; i < 8; i++) { // both loops
      assertServed(child, versions);
    }
    return child.descriptors();
  }

  private static void assertServed(Child child, Versions versions) throws IOException {
    try (var client = new RawClient(child.port())) {
      for (int file = 0; file < Versions.count(); file++) {
        assertEquals("", versions.wrong(file, client.send(Wire.get(Versions.target(file))).read()));
      }
    }
  }

  private interface Role {
    void play(Random random) throws IOException;
  }

  private static final class Load {
    final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    final AtomicLong answers = new AtomicLong();
    final AtomicLong resets = new AtomicLong();
    private final Child child;
    private final Versions versions;
    private final long end;

    Load(Child child, Versions versions, long nanos) {
      this.child = child;
      this.versions = versions;
      this.end = System.nanoTime() + nanos;
    }

    void run() throws InterruptedException {
      List<Role> roles =
          List.of(
              this::askInTurn,
              this::flood,
              this::readSlowly,
              this::endOurSide,
              this::resetSomewhere,
              this::askTheBackend);
      var threads = new ArrayList<Thread>();
      for (int i = 0; i < roles.size() * EACH; i++) {
        Role role = roles.get(i % roles.size());
        var random = new Random(i);
        threads.add(Thread.ofVirtual().start(() -> again(role, random)));
      }
      threads.add(Thread.ofVirtual().start(() -> again(this::changeFiles, new Random(99))));
      for (Thread thread : threads) {
        Duration left = Duration.ofNanos(end - System.nanoTime()).plusSeconds(60);
        assertTrue(thread.join(left), "somebody waits for ever");
      }
    }

    private void again(Role role, Random random) {
      try {
        while (System.nanoTime() < end && wrong.isEmpty()) {
          role.play(random);
        }
      } catch (IOException | RuntimeException | AssertionError e) {
        wrong.add(e + " " + List.of(e.getStackTrace()).subList(0, 7));
      }
    }

    private void check(RawClient client, int file) throws IOException {
      String fault = versions.wrong(file, client.read());
      answers.incrementAndGet();
      if (!fault.isEmpty()) {
        wrong.add(fault);
      }
    }

    private void askInTurn(Random random) throws IOException {
      try (var client = new RawClient(child.port())) {
        for (int i = random.nextInt(30); i >= 0; i--) {
          int file = Versions.any(random);
          check(client.send(Wire.get(Versions.target(file))), file);
        }
      }
    }

    private void flood(Random random) throws IOException {
      int[] files = random.ints(20 + random.nextInt(200), 0, 4).toArray();
      var batch = new StringBuilder();
      for (int file : files) {
        batch.append(Wire.get(Versions.target(file)));
      }
      try (var client = new RawClient(child.port())) {
        Thread.ofVirtual().start(() -> client.sendIfItListens(Wire.bytes(batch.toString())));
        for (int file : files) {
          check(client, file);
        }
      }
    }

    private void readSlowly(Random random) throws IOException {
      int file = 3 + random.nextInt(2);
      try (var client = new RawClient(child.port(), WINDOW_BYTES)) {
        client.send(Wire.get(Versions.target(file)));
        check(client, file);
      }
    }

    private void endOurSide(Random random) throws IOException {
      int file = Versions.any(random);
      String request = Wire.get(Versions.target(file));
      try (var client = new RawClient(child.port())) {
        client.send(request + request).endOutput();
        check(client, file);
        check(client, file);
        client.assertClosed();
      }
    }

    /// After a part of a head, a head, a part of the answer, or in a batch.
    private void resetSomewhere(Random random) throws IOException {
      int file = Versions.any(random);
      String request = Wire.get(random.nextInt(4) == 0 ? "/x.cgi" : Versions.target(file));
      var client = new RawClient(child.port(), random.nextBoolean() ? WINDOW_BYTES : 0);
      switch (random.nextInt(4)) {
        case 0 -> client.send(request.substring(0, random.nextInt(request.length())));
        case 1 -> client.send(request);
        case 2 -> client.send(request).exactly(1 + random.nextInt(60));
        default -> client.send(request.repeat(20)).exactly(1 + random.nextInt(60));
      }
      client.reset();
      resets.incrementAndGet();
    }

    private void askTheBackend(Random random) throws IOException {
      try (var client = new RawClient(child.port())) {
        for (int i = random.nextInt(10); i >= 0; i--) {
          int file = Versions.any(random);
          String upload = "x".repeat(random.nextInt(40_000));
          client.send(
              Wire.request("POST", "/p.cgi", "Content-Length: " + upload.length()) + upload);
          client.send(Wire.get(Versions.target(file)));
          assertEquals("backend", client.read().text());
          check(client, file);
        }
      }
    }

    private void changeFiles(Random random) throws IOException {
      versions.change(random.nextInt(Versions.count()));
      assertServed(child, versions);
    }
  }
}
