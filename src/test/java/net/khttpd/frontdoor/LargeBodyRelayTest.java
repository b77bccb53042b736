package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import net.khttpd.client.Counter;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BackendConnection;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Large bodies: whole whatever the speeds, in bounded memory, and without a pipe left behind.
final class LargeBodyRelayTest extends FrontDoor {
  private static final byte[] BODY = random(3 << 20);

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static String head(long length) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n";
  }

  private static void write(BackendConnection c, byte[] body, int piece) throws IOException {
    for (int at = 0; at < body.length; at += piece) {
      c.send(java.util.Arrays.copyOfRange(body, at, Math.min(body.length, at + piece)));
    }
  }

  /// The head alone, the head with a part of the body, pieces of whatever size.
  @ParameterizedTest
  @ValueSource(ints = {1_000, 65_537, 3 << 20})
  void anAnswerArrivesWholeAndTheConnectionsGoOn(int piece) throws Exception {
    RecordingBackend backend =
        backend(c -> {
          while (c.read() != null) {
            c.send(head(BODY.length));
            write(c, BODY, piece);
          }
        });
    RawClient client = connect(before(backend));
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(BODY, client.send(Wire.get("/app.cgi")).read().body());
      assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
    }
    assertEquals(1, backend.accepted(), "the backend's connection was not used again");
  }

  @Test
  void aSlowReaderGetsAllOfIt() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          while (c.read() != null) {
            c.send(head(BODY.length)).send(BODY);
          }
        });
    FrontServer server = before(backend);
    RawClient client = own(new RawClient(server.port(), 32_768));
    client.send(Wire.get("/app.cgi") + Wire.get("/a.txt"));
    Answer answer = client.read();
    assertArrayEquals(BODY, answer.body());
    assertEquals("alpha", client.read().text());
  }

  /// What follows the body is no answer to the next request.
  @Test
  void bytesBeyondTheLengthStayBehind() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          while (c.read() != null) {
            c.send(head(BODY.length)).send(BODY).send(RecordingBackend.OK.replace("ba", "ev"));
          }
        });
    RawClient client = connect(before(backend));
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(BODY, client.send(Wire.get("/app.cgi")).read().body());
    }
    assertEquals(3, backend.accepted());
  }

  @Test
  void aCutBodyIsCut() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send(head(BODY.length + 1)).send(BODY);
        });
    FrontServer server = before(backend);
    RawClient client = connect(server).send(Wire.get("/app.cgi"));
    Answer answer = client.read();
    assertFalse(answer.complete());
    client.assertGone();
    assertEquals(1, server.count(Counter.BACKEND_FAILURES));
  }

  @Test
  void aBackendThatStopsInTheMiddleIsCutAfterItsTime() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send(head(BODY.length + 1)).send(BODY).stall();
        });
    RawClient client = connect(before(backend, "timeout_backend=0.4")).send(Wire.get("/app.cgi"));
    assertFalse(client.read().complete());
  }

  @Test
  void aReaderThatStopsIsCutAfterItsTime() throws Exception {
    RecordingBackend backend = backend(LargeBodyRelayTest::endless);
    FrontServer server = before(backend, "timeout_send=0.4");
    RawClient client = own(new RawClient(server.port(), 4096)).send(Wire.get("/app.cgi"));
    client.head();
    new LiveServer(this, server, site).await(() -> backend.open() == 0);
    assertEquals(1, server.count(Counter.TIMEOUTS));
  }

  private static void endless(BackendConnection c) throws IOException {
    c.read();
    c.send(head(1L << 40));
    byte[] piece = random(64 << 10);
    for (int i = 0; i < 1 << 16; i++) {
      c.send(piece);
    }
  }

  /// More slow readers than pipes: what each holds of us is bounded, and all of it comes back.
  @Test
  void readersThatStopHoldLittleAndLeaveNothing() throws Exception {
    RecordingBackend backend = backend(LargeBodyRelayTest::endless);
    FrontServer server = before(backend, "backend_maxconn=200");
    connect(server).send(Wire.get("/a.txt")).read();
    long before = pipes();
    var clients = new ArrayList<RawClient>();
    for (int i = 0; i < 70; i++) {
      clients.add(own(new RawClient(server.port(), 4096)).send(Wire.get("/app.cgi")));
    }
    for (RawClient client : clients) {
      client.head();
    }
    var live = new LiveServer(this, server, site);
    live.await(() -> pipes() - before == 2 * 64);
    assertEquals("alpha", connect(server).send(Wire.get("/a.txt")).read().text());
    for (RawClient client : clients) {
      client.reset();
    }
    live.await(() -> backend.open() == 0 && pipes() - before <= 2 * 4);
    server.close();
    live.await(() -> pipes() <= before);
  }

  private static long pipes() throws IOException {
    try (var list = Files.list(Path.of("/proc/self/fd"))) {
      return list.filter(LargeBodyRelayTest::isPipe).count();
    }
  }

  private static boolean isPipe(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("pipe:");
    } catch (IOException closed) {
      return false;
    }
  }

  /// Static answers are as quick beside large ones.
  @Test
  void othersAreServedBesideIt() throws Exception {
    RecordingBackend backend = backend(LargeBodyRelayTest::endless);
    FrontServer server = before(backend);
    RawClient large = connect(server).send(Wire.get("/app.cgi"));
    large.head();
    var some = new CountDownLatch(1);
    Thread reading = Thread.ofVirtual().start(() -> readOn(large, some));
    some.await();
    for (int i = 0; i < 100; i++) {
      assertEquals("alpha", connect(server).send(Wire.get("/a.txt")).read().text());
    }
    large.close();
    reading.join();
  }

  private static void readOn(RawClient large, CountDownLatch some) {
    try {
      for (int i = 0; i < 1 << 16; i++) {
        large.skip(1 << 20);
        some.countDown();
      }
    } catch (IOException closed) {
      return; // the test is over
    }
  }

  private static String upload(long length) {
    return "POST /app.cgi HTTP/1.1\r\nHost: f\r\nContent-Length: " + length + "\r\n\r\n";
  }

  /// In pieces of whatever size, each when the last has arrived or all at once.
  @ParameterizedTest
  @ValueSource(ints = {1_000, 65_537, 3 << 20})
  void anUploadArrivesWholeAndTheConnectionsGoOn(int piece) throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    RawClient client = connect(before(backend));
    for (int i = 0; i < 3; i++) {
      client.send(upload(BODY.length));
      for (int at = 0; at < BODY.length; at += piece) {
        client.send(BODY, at, Math.min(BODY.length, at + piece));
      }
      client.send(Wire.get("/a.txt") + Wire.get("/app.cgi"));
      assertEquals("backend", client.read().text());
      assertEquals("alpha", client.read().text());
      assertEquals("backend", client.read().text());
      assertArrayEquals(BODY, backend.take().body());
      assertEquals(0, backend.take().body().length);
      assertEquals(i + 1, backend.accepted(), "an upload's connection was not used again");
    }
  }

  @Test
  void aBackendThatReadsSlowlyGetsAllOfIt() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          String head = c.head();
          c.exactly(1);
          c.send("HTTP/1.1 100 Continue\r\n\r\n"); // the client has read it: much is under way
          c.exactly(BODY.length - 1);
          c.send(RecordingBackend.OK).awaitEnd();
          assertFalse(head.isEmpty());
        });
    RawClient client = connect(before(backend)).send(upload(BODY.length)).send(BODY);
    assertEquals("HTTP/1.1 100 Continue\r\n\r\n", client.head());
    assertEquals("backend", client.read().text());
  }

  @Test
  void aCutUploadReachesNoBackendAsAWhole() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    FrontServer server = before(backend);
    RawClient client = connect(server).send(upload(BODY.length + 1)).send(BODY).endOutput();
    assertEquals(400, client.read().status());
    connect(server).send(upload(BODY.length + 1)).send(BODY).reset();
    new LiveServer(this, server, site).await(() -> backend.open() == 0);
    assertEquals(0, backend.drain().size());
  }

  @Test
  void aBackendThatTakesNothingIs504() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.head();
          c.stall();
        });
    RawClient client = connect(before(backend, "timeout_backend=0.4"));
    Thread sending = Thread.ofVirtual().start(() -> sendAll(client));
    assertEquals(504, client.read().status());
    sending.join();
  }

  private static void sendAll(RawClient client) {
    try {
      client.send(upload(1L << 40));
      for (int i = 0; i < 1 << 10; i++) {
        client.send(BODY);
      }
    } catch (IOException ended) {
      return; // as it should
    }
  }

  @Test
  void anUploaderThatStopsIs408() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    RawClient client = connect(before(backend, "timeout_idle=0.4"));
    assertEquals(408, client.send(upload(BODY.length + 1)).send(BODY).read().status());
  }
}
