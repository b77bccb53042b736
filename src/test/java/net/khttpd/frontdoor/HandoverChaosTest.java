package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import net.khttpd.client.Counter;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.SocketReceiver;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// Sockets are handed over, taken back and relayed while loops come and go: each request is
/// answered once, in its turn, by somebody.
final class HandoverChaosTest extends FrontDoor {
  private static final int CLIENTS = 6;
  private static final long MILLIS = Boolean.getBoolean("khttpd.long") ? 60_000 : 4_000;

  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicInteger answered = new AtomicInteger();
  private FrontServer server;

  @BeforeEngine
  void files() throws IOException {
    site.file("a.txt", "alpha").file("large.txt", "l".repeat(200_000));
  }

  private Path path() {
    return site.outside().resolve("chaos");
  }

  private String[][] changes() {
    return new String[][] {
      {"threads=2"},
      {"handover=unix:" + path() + ",peek"},
      {"threads=1"},
      {"handover=off"},
      {"handover=unix:" + path() + ",peek", "threads=3"},
      {"index=other.html"},
      {"threads=1", "handover=unix:" + path()},
      {"index=index.html", "sendfile_header=on"},
      {"sendfile_header=off"},
    };
  }

  @Test
  void everyRequestIsAnsweredOnceInItsTurnWhateverChanges() throws Exception {
    stop.set(false);
    var offers = new AtomicInteger();
    SocketReceiver.Script takesTwoOfThree =
        offer -> {
          if (offers.incrementAndGet() % 3 != 0 && offer.take()) {
            offer.serve();
          }
        };
    own(new SocketReceiver(path(), 64, takesTwoOfThree));
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    var settings = List.of("handover=unix:" + path(), "backend=" + backend.setting());
    server = own(FrontServer.start(engine, site.root(), settings));
    try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory())) {
      var clients = new ArrayList<Future<?>>();
      for (int i = 0; i < CLIENTS; i++) {
        var random = new Random(i);
        clients.add(threads.submit(() -> ask(random)));
      }
      change(clients);
      stop.set(true);
      for (Future<?> client : clients) {
        client.get();
      }
    } finally {
      stop.set(true);
    }
    assertTrue(server.count(Counter.HANDED_OVER) > 10);
    assertTrue(server.count(Counter.HANDOVER_FAILURES) > 10);
    await(() -> server.count(Counter.CONNECTIONS_NOW) == 0);
  }

  /// Each change is followed by some answers, so that it meets what is under way.
  private void change(List<Future<?>> clients) throws Exception {
    String[][] changes = changes();
    long end = System.nanoTime() + MILLIS * 1_000_000;
    for (int i = 0; System.nanoTime() < end; i++) {
      server.write(changes[i % changes.length]);
      int before = answered.get();
      await(() -> answered.get() > before + 5 || clients.stream().anyMatch(Future::isDone));
    }
  }

  private Void ask(Random random) throws IOException {
    while (!stop.get()) {
      try (var client = new RawClient(server.port())) {
        for (int batch = random.nextInt(1, 4); batch > 0; batch--) {
          askBatch(client, random);
        }
      }
    }
    return null;
  }

  private void askBatch(RawClient client, Random random) throws IOException {
    var targets = new ArrayList<String>();
    for (int i = random.nextInt(1, 8); i > 0; i--) {
      targets.add(
          switch (random.nextInt(4)) {
            case 0 -> "/a.txt";
            case 1 -> "/large.txt";
            default -> "/app.cgi/" + random.nextInt(1_000_000);
          });
    }
    var bytes = new StringBuilder();
    targets.forEach(target -> bytes.append(Wire.get(target)));
    byte[] all = Wire.bytes(bytes.toString());
    int cut = random.nextInt(all.length);
    client.send(Arrays.copyOf(all, cut));
    client.send(Arrays.copyOfRange(all, cut, all.length));
    for (String target : targets) {
      check("GET " + target + " HTTP/1.1", client.read().text());
      answered.incrementAndGet();
    }
  }

  private static void check(String line, String text) {
    if (text.startsWith("receiver")) {
      assertEquals("receiver: " + line, text);
    } else if (line.contains("/a.txt")) {
      assertEquals("alpha", text);
    } else if (line.contains("/large")) {
      assertEquals(200_000, text.length());
    } else {
      assertEquals("backend", text);
    }
  }

  private static void await(BooleanSupplier what) {
    long end = System.nanoTime() + 10_000_000_000L;
    while (!what.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "it does not come");
      Thread.onSpinWait();
    }
  }
}
