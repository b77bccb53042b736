package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.Footprint;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import net.khttpd.settings.Listing;
import net.khttpd.settings.OperatorException;
import org.junit.jupiter.api.Test;

/// Settings that change under load: a request sees one consistent set, none fails, nothing is left
/// behind, and whoever writes is answered (L9 of the original's faults).
final class ChangeUnderLoadTest extends FrontDoor {
  private static final boolean LONG = Boolean.getBoolean("khttpd.long");
  private static final int CHANGES = LONG ? 2_000 : 60;
  private static final long WRITING_NANOS = (LONG ? 120 : 3) * 1_000_000_000L;
  private static final int CLIENTS = 6;

  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicInteger answered = new AtomicInteger();
  private volatile boolean ending;

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "one").file("../two/a.txt", "two").file("../two/b.txt", "b");
    Files.setPosixFilePermissions(
        site.outside().resolve("two"), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private FrontServer start(String... settings) {
    ending = false;
    wrong.clear();
    answered.set(0);
    return own(FrontServer.start(engine, site.root(), List.of(settings)));
  }

  private List<Thread> load(Runnable client) {
    var clients = new ArrayList<Thread>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(Thread.ofPlatform().daemon().start(client));
    }
    return clients;
  }

  private void end(List<Thread> clients) throws Exception {
    ending = true;
    for (Thread client : clients) {
      assertTrue(client.join(Duration.ofSeconds(20)), "a client waits for ever");
    }
    assertEquals(List.of(), List.copyOf(wrong));
  }

  /// Root and charset are written together: no answer may have the one without the other.
  @Test
  void everyRequestSeesOneConsistentSet() throws Exception {
    FrontServer server = start("threads=2", "charset=one");
    List<Thread> clients = load(() -> ask(server));
    Footprint before = null;
    for (int i = 0; i < CHANGES; i++) {
      boolean two = i % 2 == 0;
      server.write(
          "documentroot=" + (two ? site.outside().resolve("two") : site.root()),
          "charset=" + (two ? "two" : "one"));
      try (var client = new RawClient(server.port())) {
        assertEquals(two ? "two" : "one", client.send(Wire.get("/a.txt")).read().text());
      }
      if (i == 3) {
        before = Footprint.now();
      }
    }
    end(clients);
    assertTrue(answered.get() > CHANGES, answered + " answers");
    before.awaitAtMost();
  }

  private void ask(FrontServer server) {
    while (!ending) {
      try (var client = new RawClient(server.port())) {
        for (int i = 0; i < 50 && !ending; i++) {
          Answer answer = client.send(Wire.get("/a.txt")).read();
          String type = answer.field("Content-Type").orElse("");
          answered.incrementAndGet();
          if (!type.equals("text/plain; charset=" + answer.text())) {
            wrong.add(type + " of " + answer.text());
          }
        }
      } catch (Exception | AssertionError e) {
        wrong.add(e.toString());
      }
    }
  }

  /// Backends come and go; what is passed on reaches one of them.
  @Test
  void backendsComeAndGoWithoutAFailedRequest() throws Exception {
    RecordingBackend one = backend(RecordingBackend.fixed(RecordingBackend.OK));
    RecordingBackend two = backend(RecordingBackend.fixed(RecordingBackend.OK));
    FrontServer server = start("threads=2", "backend=" + one.setting());
    List<Thread> clients = load(() -> askBackend(server));
    for (int i = 0; i < CHANGES; i++) {
      RecordingBackend comes = i % 2 == 0 ? two : one;
      RecordingBackend goes = i % 2 == 0 ? one : two;
      server.write("backend=" + comes.setting());
      int known = answered.get();
      new LiveServer(this, server, site).await(() -> answered.get() > known + CLIENTS);
      server.write("backend=-" + goes.setting());
    }
    end(clients);
    new LiveServer(this, server, site).await(() -> (CHANGES % 2 == 0 ? two : one).open() == 0);
  }

  private void askBackend(FrontServer server) {
    while (!ending) {
      try (var client = new RawClient(server.port())) {
        for (int i = 0; i < 50 && !ending; i++) {
          Answer answer = client.send(Wire.get("/app.cgi")).read();
          answered.incrementAndGet();
          if (!answer.text().equals("backend")) {
            wrong.add(answer.toString());
          }
        }
      } catch (Exception | AssertionError e) {
        wrong.add(e.toString());
      }
    }
  }

  /// Two controllers write pairs that belong together, at random, with stops and starts among them.
  @Test
  void twoControllersAtRandomNeverTearTheTree() throws Exception {
    FrontServer server = start("drain=0", "timeout_head=10", "timeout_send=10");
    long end = System.nanoTime() + WRITING_NANOS;
    var writers = new ArrayList<Thread>();
    for (int seed = 1; seed <= 2; seed++) {
      var random = new Random(seed);
      writers.add(Thread.ofPlatform().daemon().start(() -> writeUntil(end, server, random)));
    }
    while (System.nanoTime() < end) {
      var settings = server.server().settings();
      if (settings.timeoutHeadMillis() != settings.timeoutSendMillis()) {
        wrong.add(String.join("\n", Listing.of(settings)));
      }
    }
    end(writers);
    server.write("start=1", "timeout_head=10", "timeout_send=10");
    assertEquals("one", connect(server).send(Wire.get("/a.txt")).read().text());
    assertTrue(answered.get() > 50, answered + " writes");
  }

  private void writeUntil(long end, FrontServer server, Random random) {
    while (System.nanoTime() < end) {
      int value = 1 + random.nextInt(1000);
      try {
        switch (random.nextInt(6)) {
          case 0 -> server.write("stop=1");
          case 1 -> server.write("start=1");
          case 2 -> refused(server, value);
          default -> server.write("timeout_head=" + value, "timeout_send=" + value);
        }
        answered.incrementAndGet();
      } catch (OperatorException | RuntimeException e) {
        wrong.add(e.toString());
      }
    }
  }

  private void refused(FrontServer server, int value) {
    try {
      server.write("timeout_head=" + value, "threads=0");
      wrong.add("threads=0 was taken");
    } catch (OperatorException refusal) {
      if (!refusal.sentence().startsWith("threads: ")) {
        wrong.add(refusal.sentence());
      }
    }
  }
}
