package net.khttpd.loop;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Pipe;
import net.khttpd.loop.RunningLoop.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Endpoints that read and write by themselves, through a pipe, on both engines.
final class SpliceTest {
  private static final int LARGE = 8 << 20;
  private static final int PIPE_BYTES = 64 << 10;

  @ParameterizedTest
  @EnumSource
  void anEndpointIsToldOnceForEachAsking(Kind kind) throws Exception {
    try (var loop = new RunningLoop(kind);
        var pair = loop.pair()) {
      loop.run(() -> loop.engine().awaitReadable(pair.endpoint(), false));
      pair.peer().getOutputStream().write("a".getBytes(US_ASCII));
      pair.endpoint().await("readable");
      loop.run(() -> loop.engine().awaitReadable(pair.endpoint(), false));
      pair.endpoint().await("readable"); // it has read nothing
      loop.run(() -> loop.engine().receiveOnce(pair.endpoint()));
      assertEquals("a", new String(pair.endpoint().await("received").bytes(), US_ASCII));
      loop.run(() -> loop.engine().awaitReadable(pair.endpoint(), false));
      pair.peer().shutdownOutput();
      pair.endpoint().await("readable");
      loop.closeEndpoint(pair.endpoint(), false);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsAwaitedCanBeStopped(Kind kind) throws Exception {
    try (var loop = new RunningLoop(kind);
        var pair = loop.pair()) {
      loop.run(() -> loop.engine().awaitReadable(pair.endpoint(), false));
      if (!loop.call(() -> loop.engine().stopReceiving(pair.endpoint()))) {
        pair.endpoint().await("stopped");
      }
      loop.run(() -> loop.engine().receiveOnce(pair.endpoint()));
      pair.peer().getOutputStream().write("b".getBytes(US_ASCII));
      assertEquals("b", new String(pair.endpoint().await("received").bytes(), US_ASCII));
      loop.closeEndpoint(pair.endpoint(), false);
    }
  }

  /// The reader reads only when the pipe is full and the socket, too.
  @ParameterizedTest
  @EnumSource
  void bytesGoFromSocketToSocket(Kind kind) throws Exception {
    byte[] bytes = new byte[LARGE];
    new Random(LARGE).nextBytes(bytes);
    Pipe pipe = Pipe.open(PIPE_BYTES);
    try (var loop = new RunningLoop(kind);
        var from = loop.pair();
        var to = loop.pair()) {
      Thread writing = Thread.ofVirtual().start(() -> write(from, bytes));
      var reading =
          new java.util.concurrent.FutureTask<>(() -> to.peer().getInputStream().readNBytes(LARGE));
      boolean full = false;
      boolean dry = false;
      for (long left = LARGE; left > 0; ) {
        boolean nothing = dry;
        loop.run(() -> loop.engine().awaitReadable(from.endpoint(), nothing));
        from.endpoint().await("readable");
        long most = left;
        long taken = loop.call(() -> pipe.fill(from.endpoint().descriptor(), most));
        assertTrue(taken > 0 || taken == -Errno.EAGAIN, taken + "");
        dry = taken < 0;
        left -= Math.max(taken, 0);
        while (taken > 0) {
          long held = taken;
          long given = loop.call(() -> pipe.drain(to.endpoint().descriptor(), held));
          if (given == -Errno.EAGAIN) {
            loop.run(() -> loop.engine().awaitRoom(to.endpoint()));
            if (!full) {
              Thread.ofVirtual().start(reading);
            }
            full = true;
            assertEquals(Engine.ROOM, to.endpoint().await("sent").result());
          } else {
            taken -= given;
          }
        }
      }
      writing.join();
      assertTrue(full, "the socket was never full");
      assertArrayEquals(bytes, reading.get());
      loop.closeEndpoint(from.endpoint(), false);
      loop.closeEndpoint(to.endpoint(), false);
    }
    pipe.close();
  }

  private static void write(RunningLoop.Pair from, byte[] bytes) {
    try {
      from.peer().getOutputStream().write(bytes);
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }
}
