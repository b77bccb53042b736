package net.khttpd.loop;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import net.khttpd.kernel.Memory;
import net.khttpd.loop.RunningLoop.Kind;
import net.khttpd.loop.RunningLoop.Pair;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What goes to a peer: at once, later because the socket is full, from a file, or not at all.
final class SendTest {
  private static final int LARGE = 12 << 20;

  @ParameterizedTest
  @EnumSource
  void aFullSocketTakesTheRestLater(Kind kind) throws Exception {
    byte[] bytes = random(LARGE);
    MemorySegment memory = copy(bytes);
    try (var loop = new RunningLoop(kind);
        var pair = loop.pair()) {
      long result = loop.call(() -> loop.engine().send(pair.endpoint(), memory, 0, LARGE, false));
      assertEquals(Engine.PENDING, result);
      assertArrayEquals(bytes, pair.peer().getInputStream().readNBytes(LARGE));
      assertEquals(LARGE, pair.endpoint().await("sent").result());
      assertEquals(0, pair.endpoint().sentInVain());
      loop.closeEndpoint(pair.endpoint(), false);
    }
    Memory.free(memory);
  }

  @ParameterizedTest
  @EnumSource
  void ofASendThatIsCutShortItIsKnownHowMuchHadLeft(Kind kind) throws Exception {
    MemorySegment memory = copy(random(LARGE));
    try (var loop = new RunningLoop(kind);
        var pair = loop.pair()) {
      loop.call(() -> loop.engine().send(pair.endpoint(), memory, 0, LARGE, false));
      long came = pair.peer().getInputStream().readNBytes(300_000).length;
      loop.closeEndpoint(pair.endpoint(), false);
      came += pair.peer().getInputStream().readAllBytes().length;
      assertTrue(came < LARGE, "all of it came");
      assertEquals(came, pair.endpoint().sentInVain());
    }
    Memory.free(memory);
  }

  @ParameterizedTest
  @EnumSource
  void twoPiecesArriveAsOne(Kind kind) throws Exception {
    byte[] bytes = random(LARGE);
    MemorySegment memory = copy(bytes);
    try (var loop = new RunningLoop(kind);
        var pair = loop.pair()) {
      loop.call(() ->
          loop.engine().send(pair.endpoint(), memory, 0, 1_000, memory, 1_000, LARGE - 1_000));
      assertArrayEquals(bytes, pair.peer().getInputStream().readNBytes(LARGE));
      assertEquals(LARGE, pair.endpoint().await("sent").result());
      loop.closeEndpoint(pair.endpoint(), false);
    }
    Memory.free(memory);
  }

  @ParameterizedTest
  @EnumSource
  void aFileGoesOnWhenTheSocketHasRoomAgain(Kind kind, @TempDir Path directory) throws Exception {
    byte[] bytes = random(LARGE);
    Path path = Files.write(directory.resolve("large"), bytes);
    try (var file = new RandomAccessFile(path.toFile(), "r");
        var loop = new RunningLoop(kind);
        var pair = loop.pair()) {
      int descriptor = descriptorOf(path);
      boolean waited = sendAll(loop, pair, descriptor, bytes);
      assertTrue(waited, "twelve megabytes went into a socket that nobody reads");
      long atEnd =
          loop.call(() -> loop.engine().sendFile(pair.endpoint(), descriptor, LARGE, 1_000));
      assertEquals(0, atEnd, file.length() + " is where the file ends");
      thenAnswerAndReceive(loop, pair);
      loop.closeEndpoint(pair.endpoint(), false);
    }
  }

  /// After sendfile(2) the socket waits for bytes again, as before, and sends from memory.
  private static void thenAnswerAndReceive(RunningLoop loop, Pair pair) throws Exception {
    loop.run(() -> loop.engine().receive(pair.endpoint()));
    loop.run(() -> loop.loop().nextTurn(pair.endpoint()::resumed));
    pair.endpoint().await("resumed");
    pair.peer().getOutputStream().write('x');
    assertEquals("x", new String(pair.endpoint().await("received").bytes(), US_ASCII));
    MemorySegment memory = copy(new byte[] {'y'});
    long sent = loop.call(() -> loop.engine().send(pair.endpoint(), memory, 0, 1, false));
    assertEquals('y', pair.peer().getInputStream().read());
    assertEquals(1, sent == Engine.PENDING ? pair.endpoint().await("sent").result() : sent);
    Memory.free(memory);
  }

  private static boolean sendAll(RunningLoop loop, Pair pair, int descriptor, byte[] bytes)
      throws Exception {
    boolean waited = false;
    Thread reader = null;
    for (long sent = 0; sent < bytes.length; ) {
      long from = sent;
      long result =
          loop.call(
              () -> loop.engine().sendFile(pair.endpoint(), descriptor, from, bytes.length - from));
      if (result == Engine.PENDING) {
        waited = true;
        if (reader == null) {
          reader = Thread.ofVirtual().start(() -> assertReads(pair, bytes));
        }
        assertEquals(Engine.ROOM, pair.endpoint().await("sent").result());
        result = 0;
      } else {
        assertTrue(result > 0, "sendfile: " + result);
      }
      sent += result;
    }
    assertTrue(reader != null && reader.join(java.time.Duration.ofSeconds(10)));
    return waited;
  }

  private static void assertReads(Pair pair, byte[] bytes) {
    try {
      assertArrayEquals(bytes, pair.peer().getInputStream().readNBytes(bytes.length));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPeerThatIsGoneIsAnError(Kind kind) throws Exception {
    MemorySegment memory = copy(random(LARGE));
    try (var loop = new RunningLoop(kind);
        var pair = loop.pair()) {
      loop.call(() -> loop.engine().send(pair.endpoint(), memory, 0, LARGE, false));
      pair.peer().getInputStream().readNBytes(1_000);
      pair.peer().setSoLinger(true, 0);
      pair.peer().close();
      assertTrue(pair.endpoint().await("sent").result() < 0);
      loop.closeEndpoint(pair.endpoint(), false);
    }
    Memory.free(memory);
  }

  @ParameterizedTest
  @EnumSource
  void anEndThenAResetWhileWeSendIsToldOnce(Kind kind) throws Exception {
    MemorySegment memory = copy(random(LARGE));
    try (var loop = new RunningLoop(kind);
        var pair = loop.pair()) {
      loop.run(() -> loop.engine().receive(pair.endpoint()));
      loop.call(() -> loop.engine().send(pair.endpoint(), memory, 0, LARGE, false));
      pair.peer().shutdownOutput();
      assertEquals(0, pair.endpoint().await("ended").result());
      pair.peer().setSoLinger(true, 0);
      pair.peer().close();
      assertTrue(pair.endpoint().await("sent").result() < 0);
      assertQuiet(loop);
      loop.closeEndpoint(pair.endpoint(), false);
    }
    Memory.free(memory);
  }

  /// A dead socket must not keep the loop awake: turns are counted over a moment of nothing to do.
  private static void assertQuiet(RunningLoop loop) throws Exception {
    long before = loop.call(() -> loop.engine().calls());
    var timer = new ScriptedEndpoint();
    loop.run(() -> loop.loop().schedule(timer, 300_000_000L));
    timer.await("expired");
    long calls = loop.call(() -> loop.engine().calls()) - before;
    assertTrue(calls < 40, calls + " calls of the kernel in 300 ms");
  }

  static int descriptorOf(Path path) throws IOException {
    try (var all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path each : all.toList()) {
        if (Files.exists(each) && Files.isSameFile(each, path)) {
          return Integer.parseInt(each.getFileName().toString());
        }
      }
    }
    throw new AssertionError("not open: " + path);
  }

  static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  static MemorySegment copy(byte[] bytes) {
    MemorySegment memory = Memory.allocate(bytes.length);
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return memory;
  }
}
