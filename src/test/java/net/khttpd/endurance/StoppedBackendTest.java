package net.khttpd.endurance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Site;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// One uploader to a backend that reads nothing must not take the buffers of everybody else.
final class StoppedBackendTest {
  private static final int OTHERS = 1_000;
  private static final int ROUNDS = 3;
  private static final long MOST_TAKEN = 32L << 20; // socket buffers of two connections, no more
  private static final String UPLOAD =
      "POST /up.cgi HTTP/1.1\r\nHost: front.test\r\nContent-Length: 1000000000\r\n\r\n";

  @ParameterizedTest
  @EnumSource
  void oneUploaderToAStoppedBackendDisturbsNobody(Engine engine) throws Exception {
    try (var site = new Site();
        var backend = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        Child child =
            Child.start(
                List.of(),
                site.file("a.txt", "alpha").root(),
                "engine=" + engine.setting(),
                "threads=1",
                "maxconnect=" + 2 * OTHERS,
                "backend=127.0.0.1:" + backend.getLocalPort());
        SocketChannel uploader = SocketChannel.open()) {
      uploader.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), child.port()));
      uploader.write(ByteBuffer.wrap(Wire.bytes(UPLOAD)));
      long resident = child.residentKib();
      long taken = pushUntilStuck(uploader, child);
      assertTrue(taken < MOST_TAKEN, taken + " bytes were taken from the uploader");
      long begun = System.nanoTime();
      serveOthers(child.port());
      long millis = (System.nanoTime() - begun) / 1_000_000;
      long grown = child.residentKib() - resident;
      assertTrue(grown < 48 << 10, grown + " KiB more");
      Length.proof(
          "stopped backend: uploader stuck after %d KiB, %d others served %d times in %d ms, %s"
              .formatted(taken >> 10, OTHERS, ROUNDS, millis, engine.setting()));
      child.assertNoFault();
    }
  }

  /// Writes until nothing is taken any more while others are served.
  private static long pushUntilStuck(SocketChannel uploader, Child child) throws IOException {
    uploader.configureBlocking(false);
    var piece = ByteBuffer.allocateDirect(256 * 1024);
    long taken = 0;
    int vain = 0;
    while (vain < 100 && taken < MOST_TAKEN) {
      int written = uploader.write(piece.clear());
      taken += written;
      vain = written == 0 ? vain + 1 : 0;
      if (written == 0) {
        try (var other = new RawClient(child.port())) {
          assertEquals("alpha", other.send(Wire.get("/a.txt")).read().text());
        }
      }
    }
    return taken;
  }

  private static void serveOthers(int port) throws IOException {
    var others = new ArrayList<SocketChannel>();
    ByteBuffer request = ByteBuffer.wrap(Wire.bytes(Wire.get("/a.txt")));
    ByteBuffer answer = ByteBuffer.allocate(1024);
    for (int i = 0; i < OTHERS; i++) {
      others.add(SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (SocketChannel other : others) {
        other.write(request.rewind());
      }
      for (SocketChannel other : others) {
        answer.clear();
        do {
          assertTrue(other.read(answer) > 0, "closed");
        } while (!new String(answer.array(), 0, answer.position()).endsWith("alpha"));
      }
    }
    for (SocketChannel other : others) {
      other.close();
    }
  }
}
