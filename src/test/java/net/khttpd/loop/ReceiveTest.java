package net.khttpd.loop;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Memory;
import net.khttpd.loop.RunningLoop.Kind;
import net.khttpd.loop.ScriptedEndpoint.Happening;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What comes from a peer, in every receive mode, on both engines.
final class ReceiveTest {
  @ParameterizedTest
  @EnumSource
  void aContinuousReceiveDeliversUntilTheEnd(Kind kind) throws Exception {
    try (var loop = new RunningLoop(kind);
        var pair = loop.pair()) {
      loop.run(() -> loop.engine().receive(pair.endpoint()));
      for (int i = 0; i < 3; i++) {
        pair.peer().getOutputStream().write(text("piece " + i));
        assertEquals("piece " + i, new String(pair.endpoint().await("received").bytes(), US_ASCII));
      }
      pair.peer().shutdownOutput();
      assertEquals(0, pair.endpoint().await("ended").result());
      loop.closeEndpoint(pair.endpoint(), false);
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneReceiveDeliversOnce(Kind kind) throws Exception {
    try (var loop = new RunningLoop(kind);
        var pair = loop.pair()) {
      loop.run(() -> loop.engine().receiveOnce(pair.endpoint()));
      pair.peer().getOutputStream().write(text("a"));
      pair.endpoint().await("received");
      pair.peer().getOutputStream().write(text("b"));
      loop.run(() -> loop.loop().nextTurn(pair.endpoint()::resumed));
      pair.endpoint().await("resumed");
      loop.run(() -> loop.engine().receiveOnce(pair.endpoint()));
      assertEquals("b", new String(pair.endpoint().await("received").bytes(), US_ASCII));
      loop.closeEndpoint(pair.endpoint(), false);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anOwnBufferIsFilledWhereItWasAskedFor(Kind kind) throws Exception {
    MemorySegment own = Memory.allocate(64);
    own.fill((byte) '.');
    try (var loop = new RunningLoop(kind);
        var pair = loop.pair()) {
      loop.run(() -> loop.engine().receiveInto(pair.endpoint(), own, 10, 4));
      pair.peer().getOutputStream().write(text("abcdef"));
      assertEquals("abcd", new String(pair.endpoint().await("received").bytes(), US_ASCII));
      loop.run(() -> loop.engine().receiveInto(pair.endpoint(), own, 20, 4));
      pair.endpoint().await("received");
      byte[] all = own.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
      assertEquals("..........abcd......ef..", new String(all, 0, 24, US_ASCII));
      loop.closeEndpoint(pair.endpoint(), false);
    }
    Memory.free(own);
  }

  @ParameterizedTest
  @EnumSource
  void bytesAndTheEndBeforeTheReceiveComeInOrder(Kind kind) throws Exception {
    try (var loop = new RunningLoop(kind);
        var pair = loop.pair()) {
      pair.peer().getOutputStream().write(text("last words"));
      pair.peer().shutdownOutput();
      loop.run(() -> loop.engine().receive(pair.endpoint()));
      pair.endpoint().await("received");
      assertEquals(0, pair.endpoint().await("ended").result());
      loop.closeEndpoint(pair.endpoint(), false);
    }
  }

  /// At the mark of urgent data recv(2) stops short with more to give, and no edge follows.
  @ParameterizedTest
  @EnumSource
  void whatFollowsUrgentDataComesToo(Kind kind) throws Exception {
    try (var loop = new RunningLoop(kind);
        var pair = loop.pair()) {
      loop.run(() -> loop.engine().receive(pair.endpoint()));
      for (int i = 0; i < 20; i++) {
        var hold = new CountDownLatch(1);
        loop.loop().execute(() -> awaitQuietly(hold));
        pair.peer().getOutputStream().write(text("before"));
        pair.peer().sendUrgentData('!');
        pair.peer().getOutputStream().write(text("behind"));
        hold.countDown();
        var came = new StringBuilder();
        while (came.length() < "beforebehind".length()) {
          came.append(new String(pair.endpoint().await("received").bytes(), US_ASCII));
        }
        assertEquals("beforebehind", came.toString());
      }
      loop.closeEndpoint(pair.endpoint(), false);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aResetIsAnError(Kind kind) throws Exception {
    try (var loop = new RunningLoop(kind);
        var pair = loop.pair()) {
      loop.run(() -> loop.engine().receive(pair.endpoint()));
      pair.peer().setSoLinger(true, 0);
      pair.peer().close();
      assertEquals(-Errno.ECONNRESET, pair.endpoint().await("ended").result());
      loop.closeEndpoint(pair.endpoint(), false);
    }
  }

  @ParameterizedTest
  @EnumSource
  void stoppingAtAnyMomentLosesAndRepeatsNothing(Kind kind) throws Exception {
    int total = 400_000;
    try (var loop = new RunningLoop(kind)) {
      var reader = new Reader(loop, total);
      try (var pair = loop.connect(new ScriptedEndpoint(reader::happened))) {
        loop.run(() -> reader.receive(pair.endpoint()));
        var random = new Random(5);
        for (int sent = 0; sent < total; ) {
          byte[] piece = new byte[Math.min(random.nextInt(5_000) + 1, total - sent)];
          for (int i = 0; i < piece.length; i++) {
            piece[i] = (byte) ((sent + i) % 251);
          }
          pair.peer().getOutputStream().write(piece);
          sent += piece.length;
        }
        assertTrue(reader.all.await(20, TimeUnit.SECONDS), reader.came.size() + " came");
        assertNull(reader.wrong);
        loop.run(() -> loop.engine().close(pair.endpoint(), false));
      }
    }
    // The reader's own buffer is freed only now that nothing can be in flight.
  }

  /// Stops and begins again in another mode after most deliveries, and checks each byte.
  private static final class Reader {
    final CountDownLatch all = new CountDownLatch(1);
    final ByteArrayOutputStream came = new ByteArrayOutputStream();
    volatile String wrong;
    private final RunningLoop loop;
    private final int total;
    private final Random random = new Random(9);
    private final MemorySegment own = Memory.allocate(3_000);

    Reader(RunningLoop loop, int total) {
      this.loop = loop;
      this.total = total;
    }

    void receive(ScriptedEndpoint endpoint) {
      switch (random.nextInt(3)) {
        case 0 -> loop.engine().receive(endpoint);
        case 1 -> loop.engine().receiveOnce(endpoint);
        default -> loop.engine().receiveInto(endpoint, own, 0, 3_000);
      }
      if (random.nextInt(4) == 0) {
        stop(endpoint);
      }
    }

    void happened(ScriptedEndpoint endpoint, Happening what) {
      switch (what.what()) {
        case "received" -> {
          check(what.bytes());
          if (endpoint.receiving()) {
            if (random.nextInt(3) == 0 && !endpoint.stopping) {
              stop(endpoint);
            }
          } else if (!endpoint.stopping) {
            loop.loop().nextTurn(endpoint::resumed);
          }
        }
        case "stopped", "resumed" -> {
          if (!endpoint.receiving()) {
            receive(endpoint);
          }
        }
        default -> {}
      }
    }

    private void stop(ScriptedEndpoint endpoint) {
      if (loop.engine().stopReceiving(endpoint)) {
        loop.loop().nextTurn(endpoint::resumed);
      }
    }

    private void check(byte[] bytes) {
      for (byte b : bytes) {
        if (b != (byte) (came.size() % 251) && wrong == null) {
          wrong = "byte " + came.size();
        }
        came.write(b);
      }
      if (came.size() >= total) {
        all.countDown();
      }
    }
  }

  private static byte[] text(String text) {
    return text.getBytes(US_ASCII);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
