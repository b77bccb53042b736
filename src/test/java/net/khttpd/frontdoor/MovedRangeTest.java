package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// A range, or several, of which a part is out when their connection moves to another loop.
final class MovedRangeTest extends FrontDoor {
  /// More than the sockets on the way can hold, several times.
  private static final int LARGE = 48 << 20;

  private static final int FIRST = 1_000_001;
  private static final int PIECE = 20_000_000;

  private final byte[] content = new byte[LARGE];

  @BeforeEngine
  void files() throws Exception {
    new Random(7).nextBytes(content);
    site.file("large.txt", content).file("a.txt", "alpha");
  }

  /// A client that has read a little of its answer when each of these changes comes.
  private byte[] readAcross(String range, long length) throws Exception {
    var server = own(FrontServer.start(engine, site.root(), List.of("threads=1")));
    String other = Engine.values()[1 - engine.ordinal()].setting();
    var client = own(new RawClient(server.port(), 64 << 10));
    client.send(Wire.get("/large.txt", "Range: " + range) + Wire.get("/a.txt"));
    String head = client.head();
    assertTrue(head.startsWith("HTTP/1.1 206 "), head);
    assertTrue(head.contains("\r\nContent-Length: " + length + "\r\n"), head);
    byte[] body = new byte[(int) length];
    int at = 0;
    for (String change :
        List.of("engine=" + other, "threads=3", "threads=1", "engine=" + engine.setting())) {
      byte[] piece = client.exactly(length / 5);
      System.arraycopy(piece, 0, body, at, piece.length);
      at += piece.length;
      server.write(change);
    }
    byte[] rest = client.exactly(length - at);
    System.arraycopy(rest, 0, body, at, rest.length);
    assertEquals("alpha", client.read().text());
    return body;
  }

  @Test
  void aRangeArrivesWhole() throws Exception {
    byte[] body = readAcross("bytes=" + FIRST + "-" + (FIRST + PIECE - 1), PIECE);
    assertArrayEquals(Arrays.copyOfRange(content, FIRST, FIRST + PIECE), body);
  }

  @Test
  void partsArriveWhole() throws Exception {
    int[] from = {20_000_000, 0, 45_000_000};
    int[] to = {40_000_000, 19_000_000, 45_000_010};
    var range = new StringBuilder("bytes=");
    long length = 0;
    for (int i = 0; i < from.length; i++) {
      range.append(i == 0 ? "" : ",").append(from[i]).append('-').append(to[i] - 1);
      length += to[i] - from[i] + partHead(i, from[i], to[i] - 1).length();
    }
    byte[] body = readAcross("" + range, length + ("\r\n--" + "--\r\n").length() + BOUNDARY);
    int at = 0;
    for (int i = 0; i < from.length; i++) {
      at += partHead(i, from[i], to[i] - 1).length();
      assertTrue(
          Arrays.equals(content, from[i], to[i], body, at, at + to[i] - from[i]), "part " + i);
      at += to[i] - from[i];
    }
  }

  private static final int BOUNDARY = 39;

  private static String partHead(int i, int first, int last) {
    return (i == 0 ? "" : "\r\n")
        + "--%s\r\nContent-Type: text/plain\r\nContent-Range: bytes %d-%d/%d\r\n\r\n"
            .formatted("b".repeat(BOUNDARY), first, last, LARGE);
  }
}
