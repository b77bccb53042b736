package net.khttpd.endurance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Site;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A backend that closes idle connections when it likes, and does not say so, under a load of POST:
/// no order is lost, none is placed twice, and nobody is told 502.
final class IdleClosingTest {
  private static final int CLIENTS = 24;
  private static final Duration SHORT = Duration.ofSeconds(4);
  private static final Duration LONG = Duration.ofMinutes(4);
  private static final int LEAST_IDLE_MILLIS = 1_000;
  private static final int MOST_IDLE_MILLIS = Length.of(1_500, 5_000);

  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicInteger told = new AtomicInteger();
  private final AtomicInteger placed = new AtomicInteger();
  private volatile long end;

  @ParameterizedTest
  @EnumSource
  void postsMeetNoConnectionThatIsBeingClosed(Engine engine) throws Exception {
    try (var site = new Site();
        var listener = new ServerSocket(0, 1_024, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> accept(listener));
      String backend = "backend=127.0.0.1:" + listener.getLocalPort();
      try (var us = FrontServer.start(engine, site.root(), List.of("threads=2", backend))) {
        end = System.nanoTime() + (Length.LONG ? LONG : SHORT).toNanos();
        var clients = new ArrayList<Thread>();
        for (int i = 0; i < CLIENTS; i++) {
          var random = new Random(i);
          clients.add(Thread.ofPlatform().daemon().start(() -> order(us.port(), random)));
        }
        for (Thread client : clients) {
          assertTrue(client.join(LONG.plusSeconds(30)), "a client waits for ever");
        }
      }
    }
    assertEquals(List.of(), List.copyOf(wrong));
    assertEquals(told.get(), placed.get(), "orders placed, of those that were told so");
    assertTrue(told.get() > CLIENTS, told + " orders");
    Length.proof(
        "%s: %d POST to a backend that closes idle connections after %d to %d ms: no 502"
            .formatted(engine.setting(), told.get(), LEAST_IDLE_MILLIS, MOST_IDLE_MILLIS));
  }

  /// With pauses about as long as the backend's patience.
  private void order(int port, Random random) {
    try (var client = new RawClient(port)) {
      while (System.nanoTime() < end && wrong.isEmpty()) {
        client.send(Wire.request("POST", "/order", "Content-Length: 5") + "order");
        Answer answer = client.read();
        if (answer.status() == 200) {
          told.incrementAndGet();
        } else {
          wrong.add(answer.toString());
        }
        int pause =
            random.nextInt(3) == 0
                ? random.nextInt(100)
                : LEAST_IDLE_MILLIS - 30 + random.nextInt(MOST_IDLE_MILLIS - LEAST_IDLE_MILLIS);
        assertTrue(client.silentFor(pause), "an answer that nobody asked for");
      }
    } catch (IOException | AssertionError e) {
      wrong.add(e.toString());
    }
  }

  private void accept(ServerSocket listener) {
    var random = new Random(7);
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        int idle = LEAST_IDLE_MILLIS + random.nextInt(MOST_IDLE_MILLIS - LEAST_IDLE_MILLIS);
        Thread.ofPlatform().daemon().start(() -> serve(socket, idle));
      } catch (IOException closed) {
        return;
      }
    }
  }

  /// Ends it after this time without a request, as servers do: by the clock, whatever is on its
  /// way.
  private void serve(Socket socket, int idleMillis) {
    try (socket) {
      socket.setSoTimeout(idleMillis);
      var in = socket.getInputStream();
      var head = new StringBuilder();
      for (int octet = in.read(); octet >= 0; octet = in.read()) {
        head.append((char) octet);
        if (head.toString().endsWith("\r\n\r\norder")) {
          placed.incrementAndGet();
          head.setLength(0);
          socket
              .getOutputStream()
              .write(Wire.bytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
        }
      }
    } catch (IOException idle) {
      // That is what it is there for.
      return;
    }
  }
}
