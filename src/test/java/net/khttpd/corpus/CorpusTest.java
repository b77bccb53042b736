package net.khttpd.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.Site;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The same requests sent to a backend directly and through us give the same answers, and reach it
/// as the same requests. `-Dkhttpd.corpus.first=N` and `.cases=1` repeat a case that failed.
final class CorpusTest {
  private static final boolean LONG = Boolean.getBoolean("khttpd.long");
  private static final int FIRST = Integer.getInteger("khttpd.corpus.first", 0);
  private static final int CASES = Integer.getInteger("khttpd.corpus.cases", LONG ? 60_000 : 2_000);
  private static final int CLIENTS = 4;
  private static final int ENOUGH_FAULTS = 10;
  private static final Duration DEADLINE = Duration.ofMinutes(LONG ? 30 : 3);

  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicInteger next = new AtomicInteger(FIRST);

  @ParameterizedTest
  @EnumSource
  void everyCaseIsTheSameDirectlyAndThroughUs(Engine engine) throws Exception {
    try (var site = new Site();
        var backend = new CorpusBackend();
        var us =
            FrontServer.start(
                engine, site.root(), List.of("threads=2", "backend=127.0.0.1:" + backend.port()))) {
      var clients = new ArrayList<Thread>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(Thread.ofPlatform().daemon().start(() -> compareAll(backend, us.port())));
      }
      for (Thread client : clients) {
        assertTrue(client.join(DEADLINE), "a case does not end: " + wrong);
      }
    }
    assertEquals(List.of(), List.copyOf(wrong));
    assertEquals(FIRST + CASES + CLIENTS, next.get());
  }

  private void compareAll(CorpusBackend backend, int us) {
    try (var direct = new CorpusClient(backend.port());
        var through = new CorpusClient(us)) {
      int number = next.getAndIncrement();
      while (number < FIRST + CASES && wrong.size() < ENOUGH_FAULTS) {
        compare(Cases.of(number), backend, direct, through);
        number = next.getAndIncrement();
      }
    } catch (IOException e) {
      wrong.add(e.toString());
    }
  }

  private void compare(Case asked, CorpusBackend backend, CorpusClient direct, CorpusClient through)
      throws IOException {
    backend.expect(asked);
    try {
      List<Message> answers = direct.ask(asked);
      List<Message> received = backend.take(asked.number());
      List<Message> ourAnswers = through.ask(asked);
      List<Message> passedOn = backend.take(asked.number());
      assertEquals(1, received.size(), "requests sent");
      Message last = ourAnswers.getLast();
      assertEquals(1, passedOn.size(), () -> "requests passed on, answered " + last);
      Differences.assertSameRequest(received.getFirst(), passedOn.getFirst());
      assertSameAnswers(asked, answers, ourAnswers);
      backend.forget(asked);
    } catch (IOException | RuntimeException | AssertionError e) {
      wrong.add(e + "\n  in " + asked);
      direct.close();
      through.close();
    }
  }

  private static void assertSameAnswers(Case asked, List<Message> directly, List<Message> ours) {
    int interims = asked.minorVersion() > 0 ? directly.size() - 1 : 0;
    assertEquals(interims, ours.size() - 1, "interim answers");
    for (int i = 0; i < interims; i++) {
      Differences.assertSameHead(directly.get(i), ours.get(i));
    }
    int status = directly.getLast().status();
    boolean bare = asked.method().equals("HEAD") || status == 204 || status == 304;
    Differences.assertSameAnswer(directly.getLast(), ours.getLast(), asked.minorVersion(), bare);
  }

  @Test
  void thePageNamesEveryDifference() throws IOException {
    String page = Files.readString(Path.of("docs", "passing-on.md"));
    for (Difference difference : Difference.values()) {
      assertTrue(page.contains(difference.row() + "\n"), difference::row);
    }
  }
}
