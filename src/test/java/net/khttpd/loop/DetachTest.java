package net.khttpd.loop;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.FileCalls;
import net.khttpd.kernel.Memory;
import net.khttpd.kernel.OpenFlags;
import net.khttpd.loop.RunningLoop.Kind;
import net.khttpd.loop.RunningLoop.Pair;
import net.khttpd.loop.ScriptedEndpoint.Happening;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// An endpoint goes from one loop to another, on both engines and between them.
final class DetachTest {
  private static final int PIECES = 4_000;
  private static final int MOVES = 40;

  @ParameterizedTest
  @EnumSource
  void anEndpointWithAReceiveGoesOnInAnotherLoop(Kind kind) throws Exception {
    for (Kind other : Kind.values()) {
      try (var from = new RunningLoop(kind);
          var to = new RunningLoop(other);
          var pair = from.pair()) {
        from.run(() -> from.engine().receive(pair.endpoint()));
        pair.peer().getOutputStream().write(text("one"));
        assertEquals("one", string(pair.endpoint().await("received")));
        int descriptor = detach(from, pair.endpoint());
        pair.peer().getOutputStream().write(text("two"));
        var next = adopt(to, descriptor);
        assertEquals("two", string(next.await("received")));
        assertTrue(pair.endpoint().happened.isEmpty(), () -> "late: " + pair.endpoint().happened);
        to.closeEndpoint(next, false);
        assertEquals(-1, pair.peer().getInputStream().read());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingUnderWayIsNoReasonToWait(Kind kind) throws Exception {
    try (var from = new RunningLoop(kind);
        var pair = from.pair()) {
      int descriptor = detach(from, pair.endpoint());
      pair.peer().getOutputStream().write(text("later"));
      var next = adopt(from, descriptor);
      assertEquals("later", string(next.await("received")));
      from.closeEndpoint(next, false);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyReceiveIsEnded(Kind kind) throws Exception {
    MemorySegment own = Memory.allocate(64);
    try (var from = new RunningLoop(kind);
        var once = from.pair();
        var into = from.pair();
        var stopping = from.pair()) {
      from.run(() -> {
        from.engine().receiveOnce(once.endpoint());
        from.engine().receiveInto(into.endpoint(), own, 0, 64);
        from.engine().receive(stopping.endpoint());
      });
      from.run(() -> {
        boolean _ = from.engine().stopReceiving(stopping.endpoint());
        from.engine().detach(stopping.endpoint());
        from.engine().detach(once.endpoint());
        from.engine().detach(into.endpoint());
      });
      for (Pair pair : List.of(once, into, stopping)) {
        var next = adopt(from, (int) pair.endpoint().await("detached").result());
        pair.peer().getOutputStream().write(text("here"));
        assertEquals("here", string(next.await("received")));
        from.closeEndpoint(next, false);
      }
    }
    Memory.free(own);
  }

  /// The peer writes while its connection goes to and fro, and some more after each move: the moves
  /// do not depend on who is faster.
  @ParameterizedTest
  @EnumSource
  void noByteIsLostOrDoubledOnTheWay(Kind kind) throws Exception {
    try (var one = new RunningLoop(kind);
        var other = new RunningLoop(Kind.EPOLL);
        var pair = one.pair()) {
      byte[] sent = new byte[PIECES * 100];
      new Random(1).nextBytes(sent);
      var moved = new Semaphore(1);
      Thread writer = Thread.ofVirtual().start(() -> write(pair, sent, moved));
      var got = new ByteArrayOutputStream();
      RunningLoop[] loops = {one, other};
      ScriptedEndpoint endpoint = pair.endpoint();
      one.run(() -> one.engine().receive(pair.endpoint()));
      int moves = 0;
      while (got.size() < sent.length) {
        take(endpoint, "received", got);
        ScriptedEndpoint leaving = endpoint;
        RunningLoop from = loops[moves % 2];
        from.run(() -> from.engine().detach(leaving));
        int descriptor = (int) take(endpoint, "detached", got);
        endpoint = adopt(loops[++moves % 2], descriptor);
        moved.release();
      }
      writer.join();
      assertEquals(HexFormat.of().formatHex(sent), hex(got));
      assertTrue(moves >= MOVES, "it went to and fro only " + moves + " times");
      loops[moves % 2].closeEndpoint(endpoint, false);
    }
  }

  /// Collects what is received until this happens; stops early when all has come.
  private static long take(ScriptedEndpoint endpoint, String until, ByteArrayOutputStream got)
      throws InterruptedException {
    while (true) {
      Happening next = endpoint.happened.poll(10, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing came instead of " + until);
      }
      got.writeBytes(next.bytes());
      if (next.what().equals(until)) {
        return next.result();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEndDuringTheDetachIsToldToTheOneOrTheOther(Kind kind) throws Exception {
    for (int i = 0; i < 50; i++) {
      try (var loop = new RunningLoop(kind);
          var pair = loop.pair()) {
        loop.run(() -> loop.engine().receive(pair.endpoint()));
        pair.peer().shutdownOutput();
        loop.run(() -> {
          if (pair.endpoint().happened.isEmpty()) {
            loop.engine().detach(pair.endpoint());
          }
        });
        Happening first = pair.endpoint().happened.poll(10, TimeUnit.SECONDS);
        if (first != null && first.what().equals("detached")) {
          var next = adopt(loop, (int) first.result());
          assertEquals(0, next.await("ended").result());
          loop.closeEndpoint(next, false);
        } else {
          loop.run(() -> loop.engine().close(pair.endpoint(), false));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCloseDuringTheDetachWins(Kind kind) throws Exception {
    try (var loop = new RunningLoop(kind);
        var pair = loop.pair();
        var resting = loop.pair()) {
      loop.run(() -> loop.engine().receive(pair.endpoint()));
      loop.run(() -> {
        for (Pair each : List.of(pair, resting)) {
          loop.engine().detach(each.endpoint());
          loop.engine().close(each.endpoint(), false);
        }
      });
      pair.endpoint().await("closed");
      resting.endpoint().await("closed");
      assertEquals(-1, pair.peer().getInputStream().read());
    }
  }

  /// A slot is given to another while completions of the former may still be on the way.
  @ParameterizedTest
  @EnumSource
  void aLateCompletionFindsNobody(Kind kind) throws Exception {
    try (var loop = new RunningLoop(kind);
        var other = new RunningLoop(Kind.EPOLL)) {
      for (int i = 0; i < 200; i++) {
        try (var pair = loop.pair()) {
          loop.run(() -> loop.engine().receive(pair.endpoint()));
          pair.peer().getOutputStream().write(text("x" + i));
          loop.run(() -> loop.engine().detach(pair.endpoint()));
          try (var fresh = loop.pair()) { // takes the slot
            loop.run(() -> loop.engine().receive(fresh.endpoint()));
            fresh.peer().getOutputStream().write(text("fresh"));
            assertEquals("fresh", string(fresh.endpoint().await("received")));
            loop.closeEndpoint(fresh.endpoint(), false);
          }
          var got = new ByteArrayOutputStream();
          var next = adopt(other, (int) take(pair.endpoint(), "detached", got));
          if (got.size() == 0) {
            got.writeBytes(next.await("received").bytes());
          }
          assertEquals("x" + i, got.toString(US_ASCII));
          other.closeEndpoint(next, false);
        }
      }
    }
  }

  /// What waits for room has sent nothing; the other loop begins the piece anew.
  @ParameterizedTest
  @EnumSource
  void aFilesNextPieceIsForgottenAndSentByTheOther(Kind kind, @TempDir Path directory)
      throws Exception {
    byte[] content = SendTest.random(8 << 20);
    Path path = Files.write(directory.resolve("file"), content);
    byte[] name = path.toString().getBytes(US_ASCII);
    var calls = new FileCalls();
    int root = calls.open(-100, name, 0, name.length, OpenFlags.O_RDONLY, 0);
    assertTrue(root >= 0, Errno.text(-root));
    try (var from = new RunningLoop(kind);
        var to = new RunningLoop(Kind.EPOLL);
        var pair = from.pair()) {
      long offset = 0;
      long sent = 0;
      while (sent != Engine.PENDING) {
        offset += sent;
        long at = offset;
        sent = from.call(() -> from.engine().sendFile(pair.endpoint(), root, at, 1 << 20));
      }
      int descriptor = detach(from, pair.endpoint());
      long rest = offset;
      var next = new ScriptedEndpoint();
      to.run(() -> to.engine().adopt(next, descriptor));
      Thread sender = Thread.ofVirtual().start(() -> sendAll(to, next, root, rest, content.length));
      assertEquals(
          Arrays.hashCode(content),
          Arrays.hashCode(pair.peer().getInputStream().readNBytes(content.length)));
      sender.join();
      to.closeEndpoint(next, false);
    }
    calls.close(root);
  }

  private static void sendAll(RunningLoop to, ScriptedEndpoint next, int file, long at, long end) {
    try {
      for (long offset = at; offset < end; ) {
        long from = offset;
        long sent = to.call(() -> to.engine().sendFile(next, file, from, 1 << 20));
        if (sent == Engine.PENDING) {
          assertEquals(Engine.ROOM, next.await("sent").result());
        } else {
          offset += sent;
        }
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static int detach(RunningLoop loop, ScriptedEndpoint endpoint) throws Exception {
    loop.run(() -> loop.engine().detach(endpoint));
    return (int) endpoint.await("detached").result();
  }

  private static ScriptedEndpoint adopt(RunningLoop loop, int descriptor) throws Exception {
    var endpoint = new ScriptedEndpoint();
    loop.run(() -> {
      assertEquals(0, loop.engine().adopt(endpoint, descriptor));
      loop.engine().receive(endpoint);
    });
    return endpoint;
  }

  private static void write(Pair pair, byte[] bytes, Semaphore moved) {
    try {
      for (int i = 0; i < bytes.length; i += 100) {
        if (i % (bytes.length / MOVES) == 0) {
          moved.acquire();
        }
        pair.peer().getOutputStream().write(bytes, i, 100);
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String hex(ByteArrayOutputStream bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  private static byte[] text(String text) {
    return text.getBytes(US_ASCII);
  }

  private static String string(Happening happened) {
    return new String(happened.bytes(), US_ASCII);
  }
}
