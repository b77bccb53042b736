package net.khttpd.endurance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Site;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A stop under load: whoever had asked before it is answered, whole; whoever asks later is refused
/// or closed, but never given half an answer.
final class DrainTest {
  private static final int CLIENTS = 32;
  private static final int WARM = 2_000;

  @ParameterizedTest
  @EnumSource
  void aStopUnderLoadLosesNoRequest(Engine engine) throws Exception {
    for (int round = 0; round < Length.of(3, 50); round++) {
      try (var site = new Site();
          Child child =
              Child.start(
                  List.of(),
                  site.file("small.txt", "alpha").file("large.txt", new byte[700_000]).root(),
                  "engine=" + engine.setting(),
                  "threads=2")) {
        new Round(child).run();
        assertEquals(0, child.exit(), child.log());
        assertTrue(!child.log().contains("time is up"), child.log());
        child.assertNoFault();
      }
    }
  }

  private static final class Round {
    private final Child child;
    private final CountDownLatch warm = new CountDownLatch(WARM);
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private volatile boolean stopping;

    Round(Child child) {
      this.child = child;
    }

    void run() throws InterruptedException {
      var clients = new ArrayList<Thread>();
      for (int i = 0; i < CLIENTS; i++) {
        boolean keeps = i % 2 == 0;
        clients.add(Thread.ofVirtual().start(() -> ask(keeps)));
      }
      assertTrue(warm.await(20, TimeUnit.SECONDS), "the load does not come about: " + wrong);
      stopping = true; // from here on, whoever begins may be turned away
      child.terminate();
      for (Thread client : clients) {
        assertTrue(client.join(java.time.Duration.ofSeconds(20)), "a client waits for ever");
      }
      assertTrue(wrong.isEmpty(), () -> wrong.size() + " wrong: " + wrong.peek());
    }

    /// Asks until the server is gone.
    private void ask(boolean keeps) {
      for (int n = 0; ; n++) {
        boolean begunBefore = !stopping;
        try (var client = new RawClient(child.port())) {
          do {
            begunBefore = !stopping;
            one(client, n++ % 3 == 0 ? "/large.txt" : "/small.txt", keeps);
            warm.countDown();
          } while (keeps && !stopping);
          if (keeps) {
            client.assertGone();
          }
        } catch (IOException | AssertionError e) {
          if (begunBefore || !isRefusal(e)) {
            wrong.add(e.toString());
          }
          return;
        }
      }
    }

    private static void one(RawClient client, String target, boolean keeps) throws IOException {
      client.send(keeps ? Wire.get(target) : Wire.get(target, "Connection: close"));
      Answer answer = client.read();
      int length = target.startsWith("/l") ? 700_000 : 5;
      if (!answer.complete() || answer.status() != 200 || answer.body().length != length) {
        throw new AssertionError("half an answer: " + answer.body().length);
      }
    }

    /// Nothing at all came: an end, a reset or a refused connect.
    private static boolean isRefusal(Throwable e) {
      String text = String.valueOf(e.getMessage());
      return text.contains("without an answer")
          || text.contains("reset")
          || text.contains("refused")
          || text.contains("Broken pipe");
    }
  }
}
