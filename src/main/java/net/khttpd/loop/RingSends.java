package net.khttpd.loop;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Memory;
import net.khttpd.kernel.MessageHeader;
import net.khttpd.kernel.Ring;
import net.khttpd.kernel.RingOperation;
import net.khttpd.kernel.Sockets;

/// The sends of a ring: what the kernel takes a part of is sent on, and a full socket is waited for
/// by a poll of its own. Used by the loop's thread.
final class RingSends {
  /// Without MSG_DONTWAIT the ring would itself wait by a poll, which a peer that has ended its
  /// side makes ready for ever: after 128 vain attempts the send would hold a worker thread.
  private static final int SEND_FLAGS = Sockets.MSG_DONTWAIT | Sockets.MSG_NOSIGNAL;

  private static final int ROOM_OR_GONE =
      RingOperation.POLLOUT | RingOperation.POLLERR | RingOperation.POLLHUP;

  /// How long a full socket rests whose peer has ended its side: doubled while it takes nothing.
  private static final long FIRST_REST_NANOS = 10_000_000;

  private static final int RESTS = 6;

  private final Ring ring;
  private final RingEntries entries;
  private final Messages messages = new Messages();
  private final MemorySegment rests = Memory.allocate(16 * RESTS); // of struct __kernel_timespec

  RingSends(Ring ring, RingEntries entries) {
    this.ring = ring;
    this.entries = entries;
    for (int i = 0; i < RESTS; i++) {
      rests.set(ValueLayout.JAVA_LONG, 16L * i, 0);
      rests.set(ValueLayout.JAVA_LONG, 16L * i + 8, FIRST_REST_NANOS << i);
    }
  }

  void send(Endpoint endpoint, MemorySegment bytes, long offset, int length, boolean more) {
    endpoint.sending = bytes;
    endpoint.sendOffset = offset;
    endpoint.sendLeft = length;
    endpoint.sendTotal = length;
    endpoint.sendFlags = more ? SEND_FLAGS | Sockets.MSG_MORE : SEND_FLAGS;
    submit(endpoint);
  }

  void send(
      Endpoint endpoint,
      MemorySegment head,
      long headOffset,
      int headLength,
      MemorySegment body,
      long bodyOffset,
      int bodyLength) {
    messages.take(endpoint, head, headOffset, headLength, body, bodyOffset, bodyLength);
    endpoint.sendLeft = headLength + bodyLength;
    endpoint.sendTotal = endpoint.sendLeft;
    endpoint.sendFlags = SEND_FLAGS;
    submit(endpoint);
  }

  /// A sendfile(2) has found the socket full: [Engine#ROOM] is told.
  void awaitRoom(Endpoint endpoint) {
    endpoint.awaitsRoom = true;
    pollWritable(endpoint);
  }

  /// The completion of a send.
  void sent(Endpoint endpoint, int result) {
    endpoint.rests = result > 0 ? 0 : endpoint.rests;
    if (result > 0 && result < endpoint.sendLeft) {
      endpoint.sendLeft -= result;
      endpoint.sendOffset += result;
      MessageHeader message = endpoint.message;
      if (message != null) {
        message.advance(result);
      }
      submit(endpoint);
    } else if (result == -Errno.EAGAIN || result == -Errno.EINTR) {
      pollWritable(endpoint);
    } else {
      messages.giveBack(endpoint);
      endpoint.sending = null;
      endpoint.sendLeft = result < 0 ? endpoint.sendLeft : endpoint.sendTotal; // nothing in vain
      endpoint.sent(result < 0 ? result : endpoint.sendTotal);
    }
  }

  /// The end of a poll, or of a rest.
  void writable(Endpoint endpoint, int result) {
    if (result >= 0 && (result & ROOM_OR_GONE) == 0) {
      restHalfClosed(endpoint);
    } else if (endpoint.awaitsRoom) {
      endpoint.awaitsRoom = false;
      endpoint.sent(result >= 0 || result == -Errno.ETIME ? Engine.ROOM : result);
    } else {
      submit(endpoint);
    }
  }

  /// The endpoint is being closed, and its send, of which the kernel has taken so much, is over.
  void over(Endpoint endpoint, int taken) {
    endpoint.sendLeft -= taken;
    messages.giveBack(endpoint);
  }

  /// @param nothingInFlight else what the kernel may still read is leaked
  void free(boolean nothingInFlight) {
    Memory.free(rests);
    if (nothingInFlight) {
      messages.free();
    }
  }

  private void submit(Endpoint endpoint) {
    MessageHeader message = endpoint.message;
    int opcode = message == null ? RingOperation.OP_SEND : RingOperation.OP_SENDMSG;
    long entry = entries.begin(opcode, RingEntries.SEND, endpoint);
    if (message == null) {
      MemorySegment bytes = endpoint.sending;
      if (bytes == null) {
        throw new AssertionError("nothing to send");
      }
      ring.buffer(entry, bytes, endpoint.sendOffset, endpoint.sendLeft);
    } else {
      ring.message(entry, message);
    }
    ring.operationFlags(entry, endpoint.sendFlags);
  }

  private void pollWritable(Endpoint endpoint) {
    long entry = entries.begin(RingOperation.OP_POLL_ADD, RingEntries.WRITABLE, endpoint);
    ring.operationFlags(entry, RingOperation.POLLOUT);
  }

  /// A poll in the ring always asks for POLLRDHUP, too, so it is no way to wait for room once the
  /// peer has ended its side: time is.
  private void restHalfClosed(Endpoint endpoint) {
    long entry = entries.begin(RingOperation.OP_TIMEOUT, RingEntries.WRITABLE, endpoint, -1);
    ring.address(entry, rests.address() + 16L * endpoint.rests);
    endpoint.rests = Math.min(endpoint.rests + 1, RESTS - 1);
    ring.length(entry, 1);
  }
}
