package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import net.khttpd.client.Counter;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests whose connection ends before the first byte of a response.
final class RetryTest extends FrontDoor {
  private static final String POST =
      "POST /f HTTP/1.1\r\nHost: f\r\nContent-Length: 5\r\n\r\nhello";

  private FrontServer start(String... settings) {
    var all = new ArrayList<>(List.of(settings));
    all.add("backend_eject=0");
    return own(FrontServer.start(engine, site.root(), all));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anotherBackendIsAskedIfANewConnectionEndsUnanswered(boolean reset) throws Exception {
    RecordingBackend rude =
        backend(c -> {
          c.head();
          if (reset) {
            c.reset();
          }
        });
    RecordingBackend good = backend(RecordingBackend.fixed(RecordingBackend.OK));
    FrontServer server = start("backend=" + rude.setting(), "backend=" + good.setting());
    RawClient client = connect(server);
    for (int i = 0; i < 10; i++) {
      assertEquals("backend", client.send(Wire.get("/app.cgi")).read().text());
    }
    client.send("PUT /f HTTP/1.1\r\nHost: f\r\nContent-Length: 5\r\n\r\nhello");
    assertEquals("backend", client.read().text());
    assertEquals("hello", good.drain().getLast().text());
    assertTrue(rude.accepted() >= 5);
  }

  @Test
  void connectionsThatEndAtOnceAreTriedAtAnotherBackend() throws Exception {
    RecordingBackend rude = backend(c -> {});
    RecordingBackend good = backend(RecordingBackend.fixed(RecordingBackend.OK));
    FrontServer server = start("backend=" + rude.setting(), "backend=" + good.setting());
    RawClient client = connect(server);
    for (int i = 0; i < 50; i++) {
      assertEquals("backend", client.send(Wire.get("/app.cgi")).read().text());
    }
    assertTrue(rude.accepted() >= 25);
  }

  /// Nobody can say what became of it.
  @Test
  void aPostThatMayHaveBeenReadIsNotSentTwice() throws Exception {
    RecordingBackend rude = backend(c -> c.read());
    RecordingBackend other = backend(c -> c.read());
    FrontServer server = start("backend=" + rude.setting(), "backend=" + other.setting());
    for (int i = 0; i < 10; i++) {
      assertEquals(502, connect(server).send(POST).read().status());
    }
    assertEquals(10, rude.drain().size() + other.drain().size());
  }

  @Test
  void theNumberOfRetriesIsBounded() throws Exception {
    var settings = new ArrayList<String>();
    var all = new ArrayList<RecordingBackend>();
    for (int i = 0; i < 6; i++) {
      all.add(backend(c -> c.read()));
      settings.add("backend=" + all.getLast().setting());
    }
    FrontServer server = start(settings.toArray(String[]::new));
    assertEquals(502, connect(server).send(Wire.get("/app.cgi")).read().status());
    assertEquals(3, all.stream().mapToInt(b -> b.drain().size()).sum());
    assertEquals(2, server.count(Counter.RETRIES));
  }

  @Test
  void anAnswerThatHasBegunIsNotAskedForAgain() throws Exception {
    RecordingBackend.Script half =
        c -> {
          c.read();
          c.send("HTTP/1.1 2");
        };
    RecordingBackend one = backend(half);
    RecordingBackend two = backend(half);
    FrontServer server = start("backend=" + one.setting(), "backend=" + two.setting());
    assertEquals(502, connect(server).send(Wire.get("/app.cgi")).read().status());
    assertEquals(1, one.drain().size() + two.drain().size());
  }

  /// Nobody accepts: two connections fill the queue of a Unix socket, connect(2) says EAGAIN.
  private ServerSocketChannel full(UnixDomainSocketAddress address) throws Exception {
    ServerSocketChannel listener = own(ServerSocketChannel.open(StandardProtocolFamily.UNIX));
    listener.bind(address, 1);
    for (int i = 0; i < 2; i++) {
      own(SocketChannel.open(address));
    }
    return listener;
  }

  @Test
  void aFullUnixQueueIsWaitedFor() throws Exception {
    var address = UnixDomainSocketAddress.of(site.outside().resolve("full.sock"));
    ServerSocketChannel listener = full(address);
    FrontServer server = start("backend=unix:" + address);
    RawClient client = connect(server).send(Wire.get("/app.cgi"));
    assertTrue(client.silentFor(200));
    for (int i = 0; i < 3; i++) {
      SocketChannel accepted = own(listener.accept());
      if (i == 2) {
        accepted.read(ByteBuffer.allocate(4096));
        accepted.write(ByteBuffer.wrap(Wire.bytes(RecordingBackend.OK)));
      }
    }
    assertEquals("backend", client.read().text());
    assertEquals("up", server.statistics().get("stats.backend0.state"));
  }

  @Test
  void aFullUnixQueueIs503AfterTheQueuesDeadline() throws Exception {
    var address = UnixDomainSocketAddress.of(site.outside().resolve("full2.sock"));
    ServerSocketChannel listener = full(address);
    FrontServer server = start("backend=unix:" + address, "backend_queue_timeout=0.3");
    assertEquals(503, connect(server).send(Wire.get("/app.cgi")).read().status());
    assertTrue(listener.isOpen());
  }

  @Test
  void aFullUnixQueueSendsToAnotherBackend() throws Exception {
    var address = UnixDomainSocketAddress.of(site.outside().resolve("full3.sock"));
    ServerSocketChannel listener = full(address);
    RecordingBackend good = backend(RecordingBackend.fixed(RecordingBackend.OK));
    FrontServer server = start("backend=unix:" + address, "backend=" + good.setting());
    for (int i = 0; i < 6; i++) {
      assertEquals("backend", connect(server).send(Wire.get("/app.cgi")).read().text());
      assertEquals("backend", connect(server).send(POST).read().text());
    }
    assertTrue(listener.isOpen());
  }

  @Test
  void aNameWithoutAnAddressIs502AndNoReasonNotToStart() throws Exception {
    FrontServer server = start("backend=no.such.host.invalid:80");
    assertEquals(502, connect(server).send(Wire.get("/app.cgi")).read().status());
    assertTrue(server.events().contains("no.such.host.invalid:80: its name has no address"));
    RecordingBackend good = backend(RecordingBackend.fixed(RecordingBackend.OK));
    server.write("backend=" + good.setting());
    for (int i = 0; i < 6; i++) {
      assertEquals("backend", connect(server).send(Wire.get("/app.cgi")).read().text());
    }
  }
}
