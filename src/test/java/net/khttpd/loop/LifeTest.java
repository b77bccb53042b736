package net.khttpd.loop;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.kernel.Sockets;
import net.khttpd.loop.RunningLoop.Kind;
import net.khttpd.loop.RunningLoop.Pair;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// How endpoints begin and end, on both engines; and loops.
final class LifeTest {
  @ParameterizedTest
  @EnumSource
  void aRefusedConnectIsTold(Kind kind) throws Exception {
    int port;
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = taken.getLocalPort();
    }
    SocketAddress nobody = SocketAddress.of(InetAddress.getLoopbackAddress(), port);
    assertEquals(-Errno.ECONNREFUSED, connect(kind, Sockets.AF_INET, nobody));
  }

  @ParameterizedTest
  @EnumSource
  void aUnixSocketIsConnectedTo(Kind kind, @TempDir Path directory) throws Exception {
    Path path = directory.resolve("s");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      assertEquals(0, connect(kind, Sockets.AF_UNIX, SocketAddress.ofUnixPath(path.toString())));
    }
    SocketAddress absent = SocketAddress.ofUnixPath(directory.resolve("absent").toString());
    assertEquals(-Errno.ENOENT, connect(kind, Sockets.AF_UNIX, absent));
  }

  private static long connect(Kind kind, int family, SocketAddress address) throws Exception {
    try (var loop = new RunningLoop(kind)) {
      var endpoint = new ScriptedEndpoint();
      loop.run(() -> {
        loop.engine().adopt(endpoint, loop.engine().socket(family));
        loop.engine().connect(endpoint, address);
      });
      long result = endpoint.await("connected").result();
      loop.closeEndpoint(endpoint, false);
      return result;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCloseEndsEverythingUnderWayAndIsToldOnce(Kind kind) throws Exception {
    MemorySegment memory = SendTest.copy(SendTest.random(12 << 20));
    try (var loop = new RunningLoop(kind);
        var pair = loop.pair()) {
      ScriptedEndpoint endpoint = pair.endpoint();
      loop.run(() -> {
        loop.engine().receive(endpoint);
        loop.engine().send(endpoint, memory, 0, 12 << 20, false);
        loop.loop().nextTurn(endpoint::resumed);
        loop.engine().close(endpoint, true);
        loop.engine().close(endpoint, false);
      });
      endpoint.await("closed");
      assertThrows(SocketException.class, () -> pair.peer().getInputStream().readAllBytes());
      loop.run(() -> {});
      assertTrue(endpoint.happened.isEmpty(), () -> "after the end: " + endpoint.happened);
    }
    net.khttpd.kernel.Memory.free(memory);
  }

  @ParameterizedTest
  @EnumSource
  void shutdownLetsThePeerReadTheEndAndUsReceive(Kind kind) throws Exception {
    try (var loop = new RunningLoop(kind);
        var pair = loop.pair()) {
      loop.run(() -> loop.engine().receive(pair.endpoint()));
      loop.run(() -> loop.engine().shutdownSending(pair.endpoint()));
      assertEquals(-1, pair.peer().getInputStream().read());
      pair.peer().getOutputStream().write('z');
      assertEquals("z", new String(pair.endpoint().await("received").bytes(), US_ASCII));
      loop.closeEndpoint(pair.endpoint(), false);
    }
  }

  @ParameterizedTest
  @EnumSource
  void descriptorsUsedAgainGetNothingOfTheirForerunners(Kind kind) throws Exception {
    try (var loop = new RunningLoop(kind)) {
      for (int round = 0; round < 60; round++) {
        var pairs = new ArrayList<Pair>();
        for (int i = 0; i < 8; i++) {
          Pair pair = loop.pair();
          pairs.add(pair);
          loop.run(() -> loop.engine().receive(pair.endpoint()));
        }
        for (Pair pair : pairs.subList(0, 4)) { // bytes are on the way when these are closed
          pair.peer().getOutputStream().write(("stale" + round).getBytes(US_ASCII));
        }
        loop.run(() -> pairs.subList(0, 4).forEach(p -> loop.engine().close(p.endpoint(), true)));
        assertTalks(loop, pairs.subList(4, 8), "fresh" + round);
        for (Pair pair : pairs) {
          pair.close();
        }
      }
    }
  }

  private static void assertTalks(RunningLoop loop, List<Pair> pairs, String word)
      throws Exception {
    for (Pair pair : pairs) {
      pair.peer().getOutputStream().write(word.getBytes(US_ASCII));
    }
    for (Pair pair : pairs) {
      assertEquals(word, new String(pair.endpoint().await("received").bytes(), US_ASCII));
      loop.closeEndpoint(pair.endpoint(), false);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFaultOfOneEndpointEndsItAloneAndIsTold(Kind kind) throws Exception {
    try (var loop = new RunningLoop(kind)) {
      var bad =
          new ScriptedEndpoint((endpoint, what) -> {
            if (what.what().equals("received")) {
              throw new IllegalStateException("on purpose");
            }
          });
      try (var first = loop.connect(bad);
          var second = loop.pair()) {
        var hold = new java.util.concurrent.CountDownLatch(1);
        loop.run(() -> {
          loop.engine().receive(bad);
          loop.engine().receive(second.endpoint());
        });
        loop.loop().execute(() -> awaitQuietly(hold)); // both arrive in one turn
        first.peer().getOutputStream().write('a');
        second.peer().getOutputStream().write('b');
        hold.countDown();
        second.endpoint().await("received");
        bad.await("received");
        bad.await("closed");
        assertThrows(IOException.class, () -> failOnEnd(first));
        assertTalks(loop, List.of(second), "still here");
      }
      assertEquals("on purpose", loop.faults.remove().getMessage());
    }
  }

  private static void failOnEnd(Pair pair) throws IOException {
    if (pair.peer().getInputStream().read() < 0) {
      throw new AssertionError("an end where a reset should be");
    }
  }

  @ParameterizedTest
  @EnumSource
  void tasksOfManyThreadsRunOnceEach(Kind kind) throws Exception {
    try (var loop = new RunningLoop(kind)) {
      var ran = new AtomicInteger();
      var threads = new ArrayList<Thread>();
      for (int i = 0; i < 8; i++) {
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int n = 0; n < 5_000; n++) {
                    loop.loop().execute(ran::incrementAndGet);
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      int tasks = 0;
      while (ran.get() < 40_000 && tasks++ < 40_000) {
        loop.run(() -> {}); // a task behind the others
      }
      assertEquals(40_000, ran.get());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTaskForALoopThatHasEndedIsRefusedAndNoneIsForgotten(Kind kind) throws Exception {
    var loop = new RunningLoop(kind);
    var ran = new AtomicInteger();
    int taken = 0;
    loop.run(loop.loop()::end);
    try {
      for (; taken < 10_000_000; taken++) {
        loop.loop().execute(ran::incrementAndGet);
      }
    } catch (RejectedExecutionException ended) {
      loop.close();
    }
    assertEquals(taken, ran.get());
    assertThrows(RejectedExecutionException.class, () -> loop.loop().execute(() -> {}));
  }

  @ParameterizedTest
  @EnumSource
  void whatIsClosedInTheLastTurnIsClosed(Kind kind) throws Exception {
    var loop = new RunningLoop(kind);
    Pair pair = loop.pair();
    loop.run(() -> loop.engine().receive(pair.endpoint()));
    loop.run(() -> {
      loop.engine().close(pair.endpoint(), false);
      loop.loop().end();
    });
    loop.close();
    assertEquals(-1, pair.peer().getInputStream().read());
    pair.close();
  }

  private static void awaitQuietly(java.util.concurrent.CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
