package net.khttpd.endurance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;

/// Clients that ask for static files without a pause, half of them with a connection for each
/// request, and look at every octet: nothing that happens beside may harm one of them.
final class StaticLoad implements AutoCloseable {
  private static final int CLIENTS = 4;
  private static final int REQUESTS_A_CONNECTION = 50;
  private static final int MOST_TIMES = 1 << 20;

  private final int port;
  private final List<String> targets;
  private final List<byte[]> contents;
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private final long[][] micros = new long[CLIENTS][MOST_TIMES];
  private final int[] count = new int[CLIENTS];
  private volatile boolean over;

  /// @param contents of the files that the targets name
  StaticLoad(int port, List<String> targets, List<byte[]> contents) {
    this.port = port;
    this.targets = targets;
    this.contents = contents;
    for (int i = 0; i < CLIENTS; i++) {
      int client = i;
      threads.add(Thread.ofPlatform().daemon().start(() -> ask(client)));
    }
  }

  private void ask(int client) {
    int kept = client % 2 == 0 ? REQUESTS_A_CONNECTION : 1;
    while (!over && wrong.isEmpty()) {
      try (var connection = new RawClient(port)) {
        for (int i = 0; i < kept && !over; i++) {
          one(client, connection);
        }
      } catch (IOException | AssertionError e) {
        wrong.add(e.toString());
      }
    }
  }

  private void one(int client, RawClient connection) throws IOException {
    int file = count[client] % targets.size();
    long begun = System.nanoTime();
    Answer answer = connection.send(Wire.get(targets.get(file))).read();
    long took = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun);
    micros[client][count[client]++ % MOST_TIMES] = took;
    boolean right = answer.status() == 200 && Arrays.equals(answer.body(), contents.get(file));
    if (!right || !answer.complete()) {
      wrong.add(targets.get(file) + ": " + answer);
    }
  }

  /// Ends it: nothing went wrong, and 99 of 100 answers came within this time.
  ///
  /// @return how many answers there were, and how long they took
  String end(long p99Millis) {
    close();
    assertEquals(List.of(), List.copyOf(wrong));
    long[] all =
        java.util.stream.IntStream.range(0, CLIENTS)
            .mapToObj(i -> Arrays.copyOf(micros[i], Math.min(count[i], MOST_TIMES)))
            .flatMapToLong(Arrays::stream)
            .sorted()
            .toArray();
    long p99 = all[all.length * 99 / 100];
    String said = "%d static answers, p99 %d µs".formatted(all.length, p99);
    assertTrue(p99 < p99Millis * 1_000, said);
    return said;
  }

  @Override
  public void close() {
    over = true;
    try {
      for (Thread thread : threads) {
        assertTrue(thread.join(Duration.ofSeconds(20)), "a client of static files waits for ever");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
