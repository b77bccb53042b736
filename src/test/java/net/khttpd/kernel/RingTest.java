package net.khttpd.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The arithmetic of the queues at their borders, and what a wrong index does.
final class RingTest {
  private static final int NOP = 0;
  private static final int RECV = 27;
  private static final int CLOSE = 19;
  private static final int SELECT_BUFFER = 1 << 5;
  private static final int MULTISHOT = 2;
  private static final int TURNS = 1_000;

  @Test
  void aFullSubmissionQueueIsSubmittedAndLosesNothing() {
    try (var ring = new Ring(8, 256)) {
      for (int i = 0; i < 200; i++) {
        ring.next(NOP, -1, i);
      }
      assertEquals(200, ring.enter(0));
      for (int i = 0; i < 200; i++) {
        assertEquals(i, ring.userData(i));
        assertEquals(0, ring.result(i));
      }
      ring.seen(200);
    }
  }

  @Test
  void anOverflownCompletionQueueIsSeenAndLosesNothing() {
    try (var ring = new Ring(8, 16)) {
      for (int i = 0; i < 100; i++) {
        ring.next(NOP, -1, i);
      }
      int ready = ring.enter(0);
      assertTrue(ring.overflown());
      int expected = 0;
      for (int turn = 0; turn < TURNS && expected < 100; turn++) {
        for (int i = 0; i < ready; i++) {
          assertEquals(expected++, ring.userData(i));
        }
        ring.seen(ready);
        ready = ring.enter(0);
      }
      assertEquals(100, expected);
      assertFalse(ring.overflown());
    }
  }

  @Test
  void aWrongIndexIsAnExceptionAndNotADeadMachine() {
    try (var ring = new Ring(8, 16)) {
      ring.next(NOP, -1, 7);
      assertEquals(1, ring.enter(0));
      assertEquals(7, ring.userData(0));
      assertThrows(IndexOutOfBoundsException.class, () -> ring.userData(1));
      assertThrows(IndexOutOfBoundsException.class, () -> ring.result(-1));
      assertThrows(IndexOutOfBoundsException.class, () -> ring.address(8 * 64, 1));
      var bytes = Memory.allocate(8);
      long entry = ring.next(NOP, -1, 8);
      assertThrows(IndexOutOfBoundsException.class, () -> ring.buffer(entry, bytes, 1, 8));
      Memory.free(bytes);
      var buffers = new BufferRing(ring, 0, 2, 16);
      assertThrows(IndexOutOfBoundsException.class, () -> buffers.giveBack(2));
      assertThrows(IndexOutOfBoundsException.class, () -> buffers.offset(-1));
      buffers.free();
    }
  }

  @Test
  void dryBuffersEndAReceiveAndRefilledOnesServeTheNext() throws Exception {
    byte[] sent = new byte[64];
    for (int i = 0; i < sent.length; i++) {
      sent[i] = (byte) (i * 7);
    }
    try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var ring = new Ring(8, 64)) {
      var buffers = new BufferRing(ring, 0, 2, 16);
      int fd = connect(listener);
      try (Socket peer = listener.accept()) {
        peer.getOutputStream().write(sent);
        var came = new ByteArrayOutputStream();
        int dry = 0;
        for (int turn = 0; turn < TURNS && came.size() < sent.length; turn++) {
          receive(ring, fd);
          dry += drain(ring, buffers, came, sent.length) ? 1 : 0;
        }
        assertArrayEquals(sent, came.toByteArray());
        assertTrue(dry > 0, "64 bytes went into two buffers of 16");
      }
      ring.next(CLOSE, fd, 9);
      assertEquals(0, lastResult(ring));
      buffers.free();
    }
  }

  @Test
  void closingSubmitsWhatIsQueued() throws Exception {
    try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var ring = new Ring(8, 16);
      int fd = connect(listener);
      try (Socket peer = listener.accept()) {
        peer.setSoTimeout(5_000);
        ring.next(CLOSE, fd, 0);
        ring.close();
        assertEquals(-1, peer.getInputStream().read());
      }
    }
  }

  @Test
  void ringsThatComeAndGoLeaveNoDescriptor() throws Exception {
    new Ring(8, 16).close();
    long before = descriptors();
    for (int i = 0; i < 64; i++) {
      new Ring(8, 16).close();
    }
    assertEquals(before, descriptors());
  }

  private static int connect(ServerSocket listener) {
    var sockets = new Sockets();
    SocketAddress address =
        SocketAddress.of(InetAddress.getLoopbackAddress(), listener.getLocalPort());
    int fd = sockets.socket(Sockets.AF_INET);
    int connected = sockets.connect(fd, address); // non-blocking: perhaps under way
    assertTrue(connected == 0 || connected == -Errno.EINPROGRESS, Errno.text(-connected));
    address.free();
    sockets.free();
    return fd;
  }

  private static void receive(Ring ring, int fd) {
    long entry = ring.next(RECV, fd, 1);
    ring.flags(entry, SELECT_BUFFER);
    ring.bufferGroup(entry, 0);
    ring.ioprio(entry, MULTISHOT);
  }

  /// Reads until the receive has ended; true if it did for want of buffers.
  private static boolean drain(Ring ring, BufferRing buffers, ByteArrayOutputStream into, int all)
      throws IOException {
    var used = new int[2];
    int count = 0;
    boolean more = true;
    int last = 0;
    while (more && into.size() < all) {
      int ready = ring.enter(1_000_000_000L);
      assertTrue(ready > 0, "nothing came in a second");
      for (int i = 0; i < ready; i++) {
        last = ring.result(i);
        more = (ring.completionFlags(i) & 2) != 0;
        if ((ring.completionFlags(i) & 1) != 0) {
          int id = ring.completionFlags(i) >>> 16;
          used[count++] = id;
          var piece = buffers.buffers().asSlice(buffers.offset(id), last);
          into.write(piece.toArray(ValueLayout.JAVA_BYTE));
        }
      }
      ring.seen(ready);
    }
    for (int i = 0; i < count; i++) {
      buffers.giveBack(used[i]);
    }
    return last == -Errno.ENOBUFS;
  }

  private static int lastResult(Ring ring) {
    int result = 1;
    for (int turn = 0; turn < TURNS && result == 1; turn++) {
      int ready = ring.enter(1_000_000L);
      for (int i = 0; i < ready; i++) {
        result = ring.userData(i) == 9 ? ring.result(i) : result;
      }
      ring.seen(ready);
    }
    return result;
  }

  private static long descriptors() throws IOException {
    try (var list = Files.list(Path.of("/proc/self/fd"))) {
      return list.count();
    }
  }
}
