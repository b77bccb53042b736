package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import net.khttpd.frontdoor.harness.BackendConnection;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;

/// One request that is passed on and does not end until the test ends it; the test drives both of
/// its ends, piece by piece.
final class LongExchange {
  private static final int PIECE = 14;
  private static final long UPLOAD = 1_000L * PIECE;

  private enum Kind {
    EVENTS,
    DOWNLOAD,
    UPLOAD,
    TUNNEL
  }

  /// Connections of the backend, by the target that was asked.
  private static final Map<String, BlockingQueue<BackendConnection>> HANDED =
      new ConcurrentHashMap<>();

  private final Kind kind;
  private final RawClient client;
  private final BackendConnection backend;
  private int pieces;

  private LongExchange(Kind kind, RawClient client, BackendConnection backend) {
    this.kind = kind;
    this.client = client;
    this.backend = backend;
  }

  /// The script of the backend: a connection with a head read is the test's.
  static void handOver(BackendConnection connection) throws IOException, InterruptedException {
    String target = connection.head().split(" ", 3)[1];
    handed(target).add(connection);
    connection.stall();
  }

  private static BlockingQueue<BackendConnection> handed(String target) {
    return HANDED.computeIfAbsent(target, _ -> new LinkedBlockingQueue<>());
  }

  /// One of each kind, begun.
  static List<LongExchange> all(Callable<RawClient> connect, RecordingBackend backend)
      throws Exception {
    var all = new ArrayList<LongExchange>();
    for (Kind kind : Kind.values()) {
      String target = "/" + kind + "-" + backend.port() + ".cgi";
      RawClient client = connect.call();
      client.send(
          switch (kind) {
            case EVENTS, DOWNLOAD -> Wire.get(target);
            case UPLOAD -> Wire.request("POST", target, "Content-Length: " + UPLOAD);
            case TUNNEL -> Wire.get(target, "Connection: Upgrade", "Upgrade: echo");
          });
      BackendConnection handed =
          handed(target).poll(RawClient.DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
      assertTrue(handed != null, () -> kind + " does not reach the backend");
      var exchange = new LongExchange(kind, client, handed);
      exchange.begin();
      all.add(exchange);
    }
    return all;
  }

  private void begin() throws IOException {
    switch (kind) {
      case EVENTS -> backend.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      case DOWNLOAD -> backend.send("HTTP/1.1 200 OK\r\nContent-Length: " + UPLOAD + "\r\n\r\n");
      case TUNNEL ->
          backend.send(
              "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
      case UPLOAD -> {
        return;
      }
    }
    String status = kind == Kind.TUNNEL ? "HTTP/1.1 101 " : "HTTP/1.1 200 ";
    String head = client.head();
    assertTrue(head.startsWith(status), head);
  }

  /// Another piece arrives, in each direction that the exchange has.
  void goOn() throws IOException {
    String piece = "piece %06d".formatted(pieces++).substring(0, PIECE - 4) + "\r\n\r\n";
    switch (kind) {
      case EVENTS -> {
        backend.send(Integer.toHexString(PIECE) + "\r\n" + piece + "\r\n");
        assertEquals("e\r\n" + piece + "\r\n", Wire.text(client.exactly(PIECE + 5)));
      }
      case DOWNLOAD -> {
        backend.send(piece);
        assertEquals(piece, Wire.text(client.exactly(PIECE)));
      }
      case UPLOAD -> {
        client.send(piece);
        assertEquals(piece, backend.head());
      }
      case TUNNEL -> {
        client.send(piece);
        assertEquals(piece, backend.head());
        backend.send(piece);
        assertEquals(piece, client.head());
      }
    }
  }

  /// As the application ends it; the client learns it.
  void end() throws IOException {
    switch (kind) {
      case EVENTS -> {
        backend.send("0\r\n\r\n");
        assertEquals("0\r\n\r\n", Wire.text(client.exactly(5)));
      }
      case DOWNLOAD -> {
        long left = UPLOAD - (long) pieces * PIECE;
        backend.send("x".repeat((int) left));
        assertEquals(left, client.skip(left));
      }
      case UPLOAD -> {
        while ((long) pieces * PIECE < UPLOAD) {
          goOn();
        }
        backend.send(RecordingBackend.OK);
        assertEquals("backend", client.read().text());
      }
      case TUNNEL -> {
        backend.close();
        client.assertClosed();
      }
    }
  }

  @Override
  public String toString() {
    return kind + " after " + pieces + " pieces";
  }
}
