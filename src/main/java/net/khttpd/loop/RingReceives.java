package net.khttpd.loop;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import net.khttpd.kernel.BufferRing;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Ring;
import net.khttpd.kernel.RingOperation;
import net.khttpd.loop.Endpoint.Receiving;

/// The receives of a ring. One takes its buffer from the ring of provided buffers when bytes have
/// come; when that runs dry (ENOBUFS) it is armed again at the end of the turn, when all buffers
/// are back. Used by the loop's thread.
final class RingReceives {
  private static final int BUFFERS = 256;
  private static final int BUFFER_BYTES = 4096;
  private static final int GROUP = 0;
  private static final int GONE =
      RingOperation.POLLERR | RingOperation.POLLHUP | RingOperation.POLLRDHUP;

  private final Ring ring;
  private final RingEntries entries;
  private final BufferRing buffers;
  private ArrayList<Endpoint> starved = new ArrayList<>();
  private ArrayList<Endpoint> rearming = new ArrayList<>();

  RingReceives(Ring ring, RingEntries entries) {
    this.ring = ring;
    this.entries = entries;
    buffers = new BufferRing(ring, GROUP, BUFFERS, BUFFER_BYTES);
  }

  /// Receives into provided buffers.
  void arm(Endpoint endpoint, Receiving mode) {
    expect(endpoint, mode);
    long entry = entries.begin(RingOperation.OP_RECV, RingEntries.RECEIVE, endpoint);
    ring.flags(entry, RingOperation.SQE_BUFFER_SELECT);
    ring.bufferGroup(entry, GROUP);
    if (mode == Receiving.CONTINUOUS) {
      ring.ioprio(entry, RingOperation.RECV_MULTISHOT);
    }
  }

  /// Receives once into a buffer of the endpoint's own.
  void armInto(Endpoint endpoint, MemorySegment buffer, long offset, int length) {
    expect(endpoint, Receiving.INTO);
    endpoint.into = buffer;
    endpoint.intoOffset = offset;
    long entry = entries.begin(RingOperation.OP_RECV, RingEntries.RECEIVE, endpoint);
    ring.buffer(entry, buffer, offset, length);
  }

  /// Waits for something to be there, and takes nothing.
  void awaitInput(Endpoint endpoint) {
    expect(endpoint, Receiving.READY);
    pollInput(endpoint);
  }

  /// Tells the endpoint when it can read by itself.
  void awaitReadable(Endpoint endpoint) {
    expect(endpoint, Receiving.READABLE);
    pollInput(endpoint);
  }

  private void pollInput(Endpoint endpoint) {
    long entry = entries.begin(RingOperation.OP_POLL_ADD, RingEntries.RECEIVE, endpoint);
    ring.operationFlags(entry, RingOperation.POLLIN);
  }

  private static void expect(Endpoint endpoint, Receiving mode) {
    if (endpoint.receiving != Receiving.NONE) {
      throw new AssertionError("a receive is under way: " + endpoint.receiving);
    }
    endpoint.receiving = mode;
  }

  /// Ends the receive if it only waits for a buffer.
  void dropStarved(Endpoint endpoint) {
    if (endpoint.receiving != Receiving.NONE && starved.remove(endpoint)) {
      endpoint.receiving = Receiving.NONE;
    }
  }

  /// Hands over what a completion has brought.
  ///
  /// @param mode how it was received
  /// @param stopped this was the last of a receive that was to end
  void deliver(Endpoint endpoint, Receiving mode, int result, int flags, boolean stopped) {
    if (mode == Receiving.READY) {
      if (!stopped && result != -Errno.ECANCELED) {
        endpoint.inputReady(result < 0 || (result & GONE) != 0);
      }
      return;
    }
    if ((flags & RingOperation.CQE_BUFFER) == 0) {
      deliverWithoutBuffer(endpoint, mode, result, stopped);
      return;
    }
    boolean over = (flags & RingOperation.CQE_MORE) != 0 || stopped || result <= 0;
    if (mode == Receiving.CONTINUOUS && !over) {
      arm(endpoint, mode); // it has ended for the kernel's own reasons
    }
    endpoint.received(buffers.buffers(), buffers.offset(id(flags)), result);
  }

  private void deliverWithoutBuffer(
      Endpoint endpoint, Receiving mode, int result, boolean stopped) {
    MemorySegment into = endpoint.into;
    endpoint.into = null;
    if (mode == Receiving.READABLE) {
      if (result != -Errno.ECANCELED) {
        endpoint.readable();
      }
      return;
    }
    boolean again = !stopped && mode != Receiving.INTO;
    if (again && result == -Errno.ENOBUFS) {
      endpoint.receiving = mode;
      starved.add(endpoint);
    } else if (again && result == -Errno.EINTR) {
      arm(endpoint, mode);
    } else if (result != -Errno.ECANCELED && result != -Errno.ENOBUFS) {
      endpoint.received(
          into == null ? buffers.buffers() : into, into == null ? 0 : endpoint.intoOffset, result);
    }
  }

  /// The completion has been dealt with: its buffer may be filled again.
  void giveBack(int flags) {
    if ((flags & RingOperation.CQE_BUFFER) != 0) {
      buffers.giveBack(id(flags));
    }
  }

  private static int id(int flags) {
    return flags >>> 16;
  }

  /// The turn is over, and all buffers are back.
  void rearm() {
    if (starved.isEmpty()) {
      return;
    }
    ArrayList<Endpoint> hungry = starved;
    starved = rearming;
    rearming = hungry;
    for (Endpoint endpoint : hungry) {
      Receiving mode = endpoint.receiving;
      endpoint.receiving = Receiving.NONE;
      arm(endpoint, mode);
    }
    hungry.clear();
  }

  /// Nothing is in flight any more.
  void free() {
    buffers.free();
  }
}
