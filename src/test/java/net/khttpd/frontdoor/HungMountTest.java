package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import net.khttpd.client.Counter;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.HangingMount;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import net.khttpd.kernel.CProgram;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A mount that hangs delays those who ask for its files, and nobody else. Needs root, for FUSE.
final class HungMountTest extends FrontDoor {
  /// Those that run and those that wait for one file system (files/Workers).
  private static final int READERS = 4 + 1024;

  private static final byte[] CONTENT = HangingMount.content();

  @TempDir static Path programs;
  private static CProgram program;
  private HangingMount mount;

  @BeforeAll
  static void compile() throws Exception {
    program = CProgram.ofResource("/frontdoor/hang.c", programs);
  }

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha").directory("mnt");
  }

  @BeforeEach
  void mountIt() throws Exception {
    mount = own(HangingMount.on(site.root().resolve("mnt"), program.executable()));
  }

  private FrontServer start(String... settings) {
    return own(FrontServer.start(engine, site.root(), List.of(settings)));
  }

  /// A client that waits for a file whose reading hangs.
  private RawClient hanging(FrontServer server) throws Exception {
    RawClient client = connect(server);
    client.send(Wire.request("HEAD", "/mnt/b.txt")).readForHead(); // looked up
    mount.hold();
    client.send(Wire.get("/mnt/b.txt"));
    mount.awaitHeld();
    return client;
  }

  private void othersAreServed(FrontServer server) throws Exception {
    assertEquals("alpha", connect(server).send(Wire.get("/a.txt")).read().text());
  }

  private static void until(Callable<Boolean> is, String what) throws Exception {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!is.call()) {
      assertTrue(System.nanoTime() < end, what);
      Thread.onSpinWait();
    }
  }

  private long descriptorsIntoTheMount() throws IOException {
    Path directory = site.root().resolve("mnt");
    try (var all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(link -> leadsInto(link, directory)).count();
    }
  }

  private static boolean leadsInto(Path link, Path directory) {
    try {
      Path target = Files.readSymbolicLink(link);
      return target.startsWith(directory) && !target.equals(directory);
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  @Test
  void aFileOfAFileSystemThatMayHangIsReadByWorkers() throws Exception {
    FrontServer server = start();
    RawClient client = connect(server);
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(CONTENT, client.send(Wire.get("/mnt/b.txt")).read().body());
    }
    long reads = server.count(Counter.READ_AHEADS);
    assertTrue(reads >= 9 && reads <= 18, reads + " reads of chunks of 1 MiB for 9 MiB");
  }

  @Test
  void aReadThatHangsDelaysItsOwnClientOnly() throws Exception {
    FrontServer server = start();
    RawClient client = hanging(server);
    othersAreServed(server);
    mount.free();
    assertArrayEquals(CONTENT, client.read().body());
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
  }

  @Test
  void aClientIsNotKeptWaitingLongerThanTheSendTimeout() throws Exception {
    FrontServer server = start("timeout_send=0.2");
    RawClient client = hanging(server);
    Answer answer = client.read();
    assertTrue(!answer.complete() && answer.body().length == 0, answer::toString);
    assertEquals(1, server.count(Counter.TIMEOUTS));
    mount.free();
    assertArrayEquals(CONTENT, connect(server).send(Wire.get("/mnt/b.txt")).read().body());
  }

  @Test
  void aClientMayLeaveWhileItsFileIsRead() throws Exception {
    FrontServer server = start();
    RawClient client = hanging(server);
    client.reset();
    until(() -> server.count(Counter.RESETS) == 1, "the reset is not noticed");
    othersAreServed(server);
    mount.free();
    assertArrayEquals(CONTENT, connect(server).send(Wire.get("/mnt/b.txt")).read().body());
    server.close();
    assertEquals(0, descriptorsIntoTheMount());
  }

  @Test
  void aStopDoesNotWaitForAReadThatHangsAndNothingStaysOpen() throws Exception {
    FrontServer server = start();
    RawClient client = hanging(server);
    server.close();
    client.head();
    client.assertGone();
    mount.free();
    until(() -> descriptorsIntoTheMount() == 0, "the file stays open");
  }

  @Test
  void whoFindsTheLineFullIsResetAndTheLoopReadsNothing() throws Exception {
    FrontServer server = start("maxconnect=2000", "timeout_send=60");
    hanging(server);
    for (int i = 1; i < READERS; i++) {
      connect(server).send(Wire.get("/mnt/b.txt"));
    }
    until(() -> server.count(Counter.READ_AHEADS) == READERS, "not all wait");
    RawClient surplus = connect(server).send(Wire.get("/mnt/b.txt"));
    assertTrue(surplus.toEnd().length < 1000, "more than a head has come");
    assertEquals(1, server.count(Counter.READ_AHEAD_FAILURES));
    othersAreServed(server);
    mount.free();
    othersAreServed(server);
  }

  @Test
  void aLookUpThatHangsIsAnswered503Alone() throws Exception {
    FrontServer server = start("timeout_backend=0.2");
    mount.hold();
    RawClient client = connect(server).send(Wire.get("/a.txt") + Wire.get("/mnt/c.txt"));
    assertEquals("alpha", client.read().text());
    Answer answer = client.read();
    assertEquals(503, answer.status());
    assertEquals("close", answer.field("Connection").orElse(""));
    client.assertClosed();
    mount.free();
    assertArrayEquals(CONTENT, connect(server).send(Wire.get("/mnt/c.txt")).read().body());
  }

  @Test
  void aLookUpThatHangsIsPassedOnAndWhatItStillBringsFindsNobody() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    FrontServer server = start("timeout_backend=0.5", "backend=" + backend.setting());
    mount.hold();
    RawClient client = connect(server).send(Wire.get("/mnt/c.txt"));
    assertEquals("backend", client.read().text());
    client.send(Wire.get("/mnt/d.txt")); // is being looked up when c.txt is found
    mount.awaitHeld();
    mount.awaitHeld();
    mount.free();
    assertArrayEquals(CONTENT, client.read().body());
    assertArrayEquals(CONTENT, client.send(Wire.get("/mnt/c.txt")).read().body());
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
  }

  /// A hundred files, of which each is another look-up or another read that hangs.
  @Test
  void aHundredFilesThatHangDelayNobodyElse() throws Exception {
    site.file("b.txt", "beta").file("cold/c.txt", "gamma");
    FrontServer server = start("threads=2");
    othersAreServed(server);
    for (int i = 0; i < 50; i++) {
      connect(server).send(Wire.request("HEAD", "/mnt/read" + i)).readForHead();
    }
    mount.hold();
    var hanging = new ArrayList<RawClient>();
    for (int i = 0; i < 50; i++) {
      hanging.add(connect(server).send(Wire.get("/mnt/read" + i)));
      hanging.add(connect(server).send(Wire.get("/mnt/look" + i + ".txt")));
    }
    mount.awaitHeld();
    RawClient other = connect(server);
    for (int i = 0; i < 1_000; i++) {
      assertEquals("alpha", other.send(Wire.get("/a.txt")).read().text());
    }
    for (int i = 0; i < 100; i++) { // and what is looked up, and read, from another file system
      site.file("cold/" + i + ".txt", "cold");
      assertEquals("cold", other.send(Wire.get("/cold/" + i + ".txt")).read().text());
    }
    assertEquals("gamma", other.send(Wire.get("/cold/c.txt")).read().text());
    mount.free();
    for (RawClient client : hanging) {
      assertArrayEquals(CONTENT, client.read().body());
    }
  }
}
