package net.khttpd.endurance;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;

/// Clients that ask without a pause, half of them on kept connections, while a server is stopped
/// and started.
///
/// A request has failed if its connection's handshake was complete before the stop was written and
/// it got no whole answer. Without a stop every error is a failure.
final class Load {
  static final int LARGE = 100_000;

  private final int port;
  private final List<Thread> clients = new ArrayList<>();
  private final Queue<String> failed = new ConcurrentLinkedQueue<>();
  private final LongAdder answered = new LongAdder();
  private volatile boolean ending;

  /// Odd from just before a stop is written until the start that follows it is done.
  private volatile int phase;

  Load(int port, int count) {
    this.port = port;
    for (int i = 0; i < count; i++) {
      boolean keeps = i % 2 == 0;
      clients.add(Thread.ofPlatform().daemon().start(() -> ask(keeps)));
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread
  void stopping() {
    phase++;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread
  void started() {
    phase++;
  }

  void end() throws InterruptedException {
    ending = true;
    for (Thread client : clients) {
      if (!client.join(Duration.ofSeconds(20))) {
        throw new AssertionError("a client waits for ever");
      }
    }
  }

  List<String> failed() {
    return List.copyOf(failed);
  }

  long answered() {
    return answered.sum();
  }

  private void ask(boolean keeps) {
    for (int n = 0; !ending; n++) {
      int before = phase;
      boolean connected = false;
      boolean old = false;
      try (var client = new RawClient(port)) {
        connected = true;
        old = (phase & 1) == 0; // complete before any stop that follows
        for (boolean more = true; more; n++) {
          Answer answer = one(client, n % 7 == 0 ? "/large.txt" : "/small.txt", keeps);
          answered.increment();
          more = keeps && !answer.saysClose() && !ending;
        }
      } catch (IOException | AssertionError e) {
        boolean stopped = (before & 1) == 1 || phase != before;
        if (old || !stopped || (connected && !isRefusal(e))) {
          failed.add((old ? "of before: " : stopped ? "later: " : "without a stop: ") + e);
        }
      }
    }
  }

  private static Answer one(RawClient client, String target, boolean keeps) throws IOException {
    client.send(keeps ? Wire.get(target) : Wire.get(target, "Connection: close"));
    Answer answer = client.read();
    int length = target.startsWith("/l") ? LARGE : 5;
    if (!answer.complete() || answer.status() != 200 || answer.body().length != length) {
      throw new AssertionError("half an answer: " + answer.body().length + " bytes");
    }
    return answer;
  }

  /// Nothing at all came: an end, a reset or a refused connect.
  private static boolean isRefusal(Throwable e) {
    return e instanceof ConnectException
        || e instanceof SocketException
        || String.valueOf(e.getMessage()).contains("without an answer");
  }
}
