package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// How many, how long, how slow: maxconnect, sizes of the head, timeouts.
final class LimitsTest extends FrontDoor {
  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha").sparse("big.txt", 1L << 30);
  }

  private List<RawClient> served(FrontServer server, int count) throws Exception {
    var clients = new ArrayList<RawClient>();
    for (int i = 0; i < count; i++) {
      RawClient client = connect(server);
      assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text(), "client " + i);
      clients.add(client);
    }
    return clients;
  }

  @Test
  void beyondMaxconnectIs503WithRetryAfterAndNoneIsServedTooMany() throws Exception {
    FrontServer server = server("maxconnect=10");
    List<RawClient> ten = served(server, 10);
    for (int i = 0; i < 5; i++) {
      RawClient surplus = connect(server).sendIfItListens(Wire.bytes(Wire.get("/a.txt")));
      Answer answer = surplus.read();
      assertEquals(503, answer.status());
      assertTrue(answer.has("Retry-After"));
      surplus.assertGone();
    }
    for (RawClient client : ten) {
      assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
      client.close();
    }
    untilServed(server);
  }

  /// After the last client left, there is room again.
  private void untilServed(FrontServer server) throws Exception {
    long end = System.nanoTime() + 5_000_000_000L;
    int status;
    do {
      try (RawClient client = new RawClient(server.port())) {
        client.sendIfItListens(Wire.bytes(Wire.get("/a.txt")));
        status = client.read().status();
      }
    } while (status == 503 && System.nanoTime() < end);
    assertEquals(200, status);
  }

  @Test
  void manyAtOnceOnTwoLoopsAreNeverServedBeyondMaxconnect() throws Exception {
    FrontServer server = server("maxconnect=10", "threads=2");
    untilServed(server);
    var clients = new ArrayList<RawClient>();
    for (int i = 0; i < 60; i++) {
      clients.add(connect(server).sendIfItListens(Wire.bytes(Wire.get("/a.txt"))));
    }
    int served = 0;
    for (RawClient client : clients) {
      served += client.read().status() == 200 ? 1 : 0;
    }
    assertTrue(served <= 10 && served >= 9, served + " served");
  }

  @Test
  void oneAddressMayHaveNoMoreThanItsShare() throws Exception {
    FrontServer server = server("maxconnect_client=3");
    served(server, 3);
    RawClient surplus = connect(server).sendIfItListens(Wire.bytes(Wire.get("/a.txt")));
    assertEquals(503, surplus.read().status());
  }

  @Test
  void manyFieldsAre431() throws Exception {
    RawClient client = connect(server("head_fields=10"));
    client.send(Wire.get("/a.txt", "X: y\r\n".repeat(8) + "X: y"));
    assertEquals(200, client.read().status());
    client.send(Wire.get("/a.txt", "X: y\r\n".repeat(9) + "X: y"));
    assertEquals(431, client.read().status());
    client.assertClosed();
  }

  @Test
  void aLongHeadIs431() throws Exception {
    FrontServer server = server("head_max=2048", "target_max=1024");
    assertEquals(
        200, connect(server).send(Wire.get("/a.txt", "X: " + "y".repeat(1_800))).read().status());
    assertEquals(
        431, connect(server).send(Wire.get("/a.txt", "X: " + "y".repeat(2_048))).read().status());
  }

  @Test
  void aLongTargetIs414() throws Exception {
    FrontServer server = server("target_max=256");
    String fits = "/" + "x".repeat(251) + ".txt";
    assertEquals(404, connect(server).send(Wire.get(fits)).read().status());
    assertEquals(414, connect(server).send(Wire.get("/x" + fits.substring(1))).read().status());
  }

  @Test
  void anEmptyLineAfterARequestIsNoHeadThatIsSlow() throws Exception {
    RawClient client = connect(server("timeout_head=0.3", "timeout_idle=1.5"));
    client.send(Wire.get("/a.txt") + "\r\n").read();
    assertTrue(client.silentFor(700), "nobody has asked for anything");
    assertEquals(200, client.send(Wire.get("/a.txt")).read().status());
    client.send("\r\n").assertClosed();
  }

  @Test
  void aSlowHeadIs408HoweverSteadilyItComes() throws Exception {
    RawClient client = connect(server("timeout_head=0.5", "timeout_idle=30"));
    client.send("GET /a.txt HTTP/1.1\r\nX: ");
    long begin = System.nanoTime();
    while (client.silentFor(50)) {
      client.sendIfItListens(Wire.bytes("y"));
      assertTrue(System.nanoTime() - begin < 5_000_000_000L, "still waiting for the head");
    }
    Answer answer = client.read();
    assertEquals(408, answer.status());
    client.assertGone();
  }

  @Test
  void anIdleConnectionIsClosedWithoutAWord() throws Exception {
    FrontServer server = server("timeout_idle=0.5");
    RawClient used = connect(server).send(Wire.get("/a.txt"));
    assertEquals("alpha", used.read().text());
    used.assertClosed();
    connect(server).assertClosed();
  }

  @Test
  void aReaderThatTakesNothingIsCutAndOthersAreServed() throws Exception {
    FrontServer server = server("timeout_send=0.5");
    RawClient stalled = own(new RawClient(server.port(), 4096));
    stalled.send(Wire.get("/big.txt")).head();
    RawClient other = connect(server);
    long end = System.nanoTime() + 1_500_000_000L;
    while (System.nanoTime() < end) {
      assertEquals("alpha", other.send(Wire.get("/a.txt")).read().text());
    }
    long came = stalled.skip(1L << 30);
    assertTrue(came < 1L << 30, "all of it came");
  }

  @Test
  void anUploadToAStoppedBackendHarmsNobody() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.head();
          c.stall();
        });
    FrontServer server = before(backend);
    RawClient uploader = connect(server);
    uploader.send("POST /f HTTP/1.1\r\nHost: f\r\nContent-Length: 1000000000\r\n\r\n");
    Thread endless =
        Thread.ofVirtual()
            .start(() -> {
              byte[] megabyte = new byte[1 << 20];
              for (int i = 0; i < 900; i++) {
                uploader.sendIfItListens(megabyte);
              }
            });
    for (int i = 0; i < 300; i++) {
      assertEquals("alpha", connect(server).send(Wire.get("/a.txt")).read().text());
    }
    uploader.close();
    endless.join();
  }

  @Test
  void anErrorIsNotLostBehindInputThatNobodyRead() throws Exception {
    for (int i = 0; i < 20; i++) {
      RawClient client = connect(server());
      client.send("POST /a.txt HTTP/1.1\r\nHost: f\r\nContent-Length: 200000\r\n\r\n");
      client.send(new byte[200_000]);
      assertEquals(405, client.read().status());
      client.assertClosed();
    }
  }

  @Test
  void anEndlessSenderAfterARequestIsNotReadForEver() throws Exception {
    FrontServer server = server();
    RawClient client = connect(server);
    client.send("POST /a.txt HTTP/1.1\r\nHost: f\r\nContent-Length: 1000000000\r\n\r\n");
    assertEquals(405, client.read().status());
    byte[] block = new byte[64 << 10];
    int blocks = 0;
    try {
      for (; blocks < 16_000; blocks++) {
        client.send(block);
      }
    } catch (java.io.IOException closed) {
      assertTrue(blocks < 16_000);
    }
    assertTrue(blocks < 16_000, "1 GB was taken");
  }
}
