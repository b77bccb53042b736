package net.khttpd.loop;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import net.khttpd.kernel.BufferRing;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.KernelRefusal;
import net.khttpd.kernel.Memory;
import net.khttpd.kernel.MessageHeader;
import net.khttpd.kernel.Ring;
import net.khttpd.kernel.RingOperation;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.kernel.Sockets;
import net.khttpd.kernel.Wakeup;
import net.khttpd.loop.Endpoint.Receiving;
import org.jspecify.annotations.Nullable;

/// The engine over io_uring(7): operations are queued and one io_uring_enter(2) a turn submits them
/// all and waits.
///
/// Sockets are non-blocking here, too: sendfile(2) needs it, and the ring's socket operations wait
/// by a poll of their own whatever O_NONBLOCK says (only MSG_DONTWAIT forbids it).
///
/// `user_data` is the operation in the top byte over the slot's tag. A receive takes its buffer
/// from the ring of provided buffers when bytes have come; when that runs dry (ENOBUFS) the receive
/// is armed again at the end of the turn, when all buffers are back.
final class RingEngine implements Engine {
  private static final int SUBMISSIONS = 1024;
  private static final int COMPLETIONS = 16384;
  private static final int BUFFERS = 256;
  private static final int BUFFER_BYTES = 4096;
  private static final int GROUP = 0;

  /// Without MSG_DONTWAIT the ring would itself wait by a poll, which a peer that has ended its
  /// side makes ready for ever: after 128 vain attempts the send would hold a worker thread.
  private static final int SEND_FLAGS = Sockets.MSG_DONTWAIT | Sockets.MSG_NOSIGNAL;

  /// How long a full socket rests whose peer has ended its side: doubled while it takes nothing.
  private static final long FIRST_REST_NANOS = 10_000_000;

  private static final int RESTS = 6;

  /// What a completion is about: the top byte of `user_data`.
  private static final int RECEIVE = 1;

  private static final int SEND = 2;
  private static final int WRITABLE = 3;
  private static final int CONNECT = 4;
  private static final int ACCEPT = 5;
  private static final int WAKE = 6;
  private static final int IGNORED = 7;

  private final Ring ring;
  private final BufferRing buffers;
  private final Sockets sockets = new Sockets();
  private final Wakeup wakeup;
  private final Slots slots = new Slots();
  private final RingListeners listeners;
  private final Messages messages = new Messages();
  private final MemorySegment rests = Memory.allocate(16 * RESTS); // of struct __kernel_timespec
  private ArrayList<Endpoint> starved = new ArrayList<>();
  private ArrayList<Endpoint> rearming = new ArrayList<>();
  private final ArrayDeque<Endpoint> closed = new ArrayDeque<>();
  private final ArrayDeque<Endpoint> leaving = new ArrayDeque<>();
  private int ready;
  private int next;
  private long calls;

  RingEngine(Wakeup wakeup) {
    this.wakeup = wakeup;
    for (int i = 0; i < RESTS; i++) {
      rests.set(ValueLayout.JAVA_LONG, 16L * i, 0);
      rests.set(ValueLayout.JAVA_LONG, 16L * i + 8, FIRST_REST_NANOS << i);
    }
    ring = new Ring(SUBMISSIONS, COMPLETIONS);
    try {
      buffers = new BufferRing(ring, GROUP, BUFFERS, BUFFER_BYTES);
    } catch (KernelRefusal e) {
      ring.close();
      sockets.free();
      Memory.free(rests);
      throw e;
    }
    listeners = new RingListeners(ring, ACCEPT, IGNORED);
    watchWakeup();
  }

  @Override
  public String name() {
    return "io_uring";
  }

  @Override
  public void listen(Listener listener) {
    listeners.listen(listener);
  }

  @Override
  public void stopListening(Listener listener) {
    listeners.stop(listener);
  }

  @Override
  public int socket(int family) {
    calls++;
    return sockets.socket(family);
  }

  @Override
  public int adopt(Endpoint endpoint, int fd) {
    endpoint.fd = fd;
    slots.add(endpoint);
    return 0;
  }

  @Override
  public void connect(Endpoint endpoint, SocketAddress address) {
    long entry = begin(RingOperation.OP_CONNECT, CONNECT, endpoint);
    ring.socketAddress(entry, address);
  }

  @Override
  public void receive(Endpoint endpoint) {
    arm(endpoint, Receiving.CONTINUOUS);
  }

  @Override
  public void receiveOnce(Endpoint endpoint) {
    arm(endpoint, Receiving.ONCE);
  }

  @Override
  public void receiveInto(Endpoint endpoint, MemorySegment buffer, long offset, int length) {
    expect(endpoint, Receiving.INTO);
    endpoint.into = buffer;
    endpoint.intoOffset = offset;
    endpoint.intoLength = length;
    long entry = begin(RingOperation.OP_RECV, RECEIVE, endpoint);
    ring.buffer(entry, buffer, offset, length);
  }

  @Override
  public boolean stopReceiving(Endpoint endpoint) {
    if (endpoint.receiving == Receiving.NONE) {
      return true;
    }
    if (!endpoint.stopping) {
      endpoint.stopping = true;
      if (starved.remove(endpoint)) {
        endpoint.receiving = Receiving.NONE;
        endpoint.stopping = false;
        return true;
      }
      cancel(tag(RECEIVE, slots.tag(endpoint)));
    }
    return false;
  }

  @Override
  public long send(Endpoint endpoint, MemorySegment bytes, long offset, int length, boolean more) {
    endpoint.sending = bytes;
    endpoint.sendOffset = offset;
    endpoint.sendLeft = length;
    endpoint.sendTotal = length;
    endpoint.sendFlags = more ? SEND_FLAGS | Sockets.MSG_MORE : SEND_FLAGS;
    submitSend(endpoint);
    return PENDING;
  }

  @Override
  public long send(
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
    submitSend(endpoint);
    return PENDING;
  }

  @Override
  public long sendFile(Endpoint endpoint, int file, long offset, long count) {
    calls++;
    long sent = sockets.sendFile(endpoint.fd, file, offset, count);
    if (sent != -Errno.EAGAIN) {
      endpoint.rests = 0;
      return sent;
    }
    endpoint.awaitsRoom = true;
    pollWritable(endpoint);
    return PENDING;
  }

  @Override
  public void shutdownSending(Endpoint endpoint) {
    calls++;
    sockets.shutdown(endpoint.fd, Sockets.SHUT_WR);
  }

  @Override
  public void close(Endpoint endpoint, boolean reset) {
    if (endpoint.closing) {
      return;
    }
    endpoint.closing = true;
    if (reset) {
      calls++;
      sockets.resetOnClose(endpoint.fd);
    }
    if (endpoint.receiving != Receiving.NONE && starved.remove(endpoint)) {
      endpoint.receiving = Receiving.NONE;
    }
    if (endpoint.inFlight == 0) {
      finish(endpoint);
    } else {
      cancelAll(endpoint);
    }
  }

  @Override
  public void detach(Endpoint endpoint) {
    endpoint.detaching = true;
    endpoint.awaitsRoom = false;
    if (endpoint.receiving != Receiving.NONE && starved.remove(endpoint)) {
      endpoint.receiving = Receiving.NONE;
    }
    endpoint.stopping = endpoint.receiving != Receiving.NONE;
    if (endpoint.inFlight > 0) {
      cancelAll(endpoint);
    } else {
      leaving.add(endpoint);
    }
  }

  private void cancelAll(Endpoint endpoint) {
    long entry = ring.next(RingOperation.OP_ASYNC_CANCEL, endpoint.fd, tag(IGNORED, 0));
    ring.operationFlags(entry, RingOperation.CANCEL_FD | RingOperation.CANCEL_ALL);
    ring.flags(entry, RingOperation.SQE_CQE_SKIP_SUCCESS);
  }

  @Override
  public void await(long timeoutNanos) {
    if (next == ready) { // else a fault of ours has interrupted the last dispatch
      calls++;
      next = 0;
      ready = ring.enter(closed.isEmpty() && leaving.isEmpty() ? timeoutNanos : 0);
    }
  }

  @Override
  public void dispatch() {
    while (next < ready) {
      int i = next++;
      complete(ring.userData(i), ring.result(i), ring.completionFlags(i));
    }
    ring.seen(ready);
    ready = 0;
    next = 0;
    rearm();
    Leaving.tell(leaving, slots);
    for (Endpoint endpoint = closed.poll(); endpoint != null; endpoint = closed.poll()) {
      endpoint.closed();
    }
  }

  @Override
  public int live() {
    return slots.live() + closed.size();
  }

  @Override
  public long calls() {
    return calls;
  }

  @Override
  public void close() {
    int left = slots.live();
    ring.enter(0); // the last closes are still to be submitted
    ring.close();
    sockets.free();
    Memory.free(rests);
    if (left == 0) {
      buffers.free();
      messages.free();
    }
  }

  private void complete(long userData, int result, int flags) {
    int operation = (int) (userData >>> 56);
    Endpoint endpoint = operation <= CONNECT ? slots.find(userData) : null;
    try {
      complete(operation, endpoint, (int) userData, result, flags);
    } catch (RuntimeException | Error fault) {
      if (endpoint != null) {
        close(endpoint, true); // its state is not to be trusted any more
      }
      throw fault;
    }
  }

  private void complete(
      int operation, @Nullable Endpoint endpoint, int slot, int result, int flags) {
    switch (operation) {
      case RECEIVE -> received(endpoint, result, flags);
      case SEND -> sent(endpoint, result);
      case WRITABLE -> writable(endpoint, result);
      case CONNECT -> connected(endpoint, result);
      case ACCEPT -> listeners.accepted(slot, result, (flags & RingOperation.CQE_MORE) != 0);
      case WAKE -> woken(flags);
      default -> {} // a cancellation or close that found nothing to do
    }
  }

  private void received(@Nullable Endpoint endpoint, int result, int flags) {
    int id = flags >>> 16;
    boolean provided = (flags & RingOperation.CQE_BUFFER) != 0;
    try {
      if (endpoint != null) {
        received(endpoint, id, provided, result, (flags & RingOperation.CQE_MORE) != 0);
      }
    } finally {
      if (provided) {
        buffers.giveBack(id);
      }
    }
  }

  private void received(Endpoint endpoint, int id, boolean provided, int result, boolean more) {
    Receiving mode = endpoint.receiving;
    boolean stopped = endpoint.stopping && !more;
    if (!more) {
      endpoint.inFlight--;
      endpoint.receiving = Receiving.NONE;
      endpoint.stopping = false;
    }
    if (endpoint.closing) {
      finishIfIdle(endpoint);
    } else if (provided) {
      rearmUnlessOver(endpoint, mode, more || stopped || result <= 0);
      endpoint.received(buffers.buffers(), buffers.offset(id), result);
    } else {
      receivedOwn(endpoint, mode, result, stopped);
    }
    if (endpoint.detaching) {
      leaveIfIdle(endpoint);
    } else if (stopped && !endpoint.closing) {
      endpoint.receivingStopped();
    }
  }

  /// Nothing of an endpoint that is being detached is in flight any more.
  private void leaveIfIdle(Endpoint endpoint) {
    if (endpoint.inFlight == 0 && !endpoint.closing) {
      leaving.add(endpoint);
    }
  }

  /// A continuous receive may end for the kernel's own reasons; the endpoint does not notice.
  private void rearmUnlessOver(Endpoint endpoint, Receiving mode, boolean over) {
    if (mode == Receiving.CONTINUOUS && !over) {
      arm(endpoint, mode);
    }
  }

  private void receivedOwn(Endpoint endpoint, Receiving mode, int result, boolean stopped) {
    MemorySegment into = endpoint.into;
    endpoint.into = null;
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

  private void sent(@Nullable Endpoint endpoint, int result) {
    if (endpoint == null) {
      return;
    }
    endpoint.inFlight--;
    if (endpoint.closing) {
      endpoint.sendLeft -= Math.max(result, 0);
      messages.giveBack(endpoint);
      finishIfIdle(endpoint);
      return;
    }
    endpoint.rests = result > 0 ? 0 : endpoint.rests;
    if (result > 0 && result < endpoint.sendLeft) {
      endpoint.sendLeft -= result;
      endpoint.sendOffset += result;
      MessageHeader message = endpoint.message;
      if (message != null) {
        message.advance(result);
      }
      submitSend(endpoint);
    } else if (result == -Errno.EAGAIN || result == -Errno.EINTR) {
      pollWritable(endpoint);
    } else {
      messages.giveBack(endpoint);
      endpoint.sending = null;
      endpoint.sendLeft = result < 0 ? endpoint.sendLeft : endpoint.sendTotal; // nothing in vain
      endpoint.sent(result < 0 ? result : endpoint.sendTotal);
    }
  }

  private void writable(@Nullable Endpoint endpoint, int result) {
    if (endpoint == null) {
      return;
    }
    endpoint.inFlight--;
    if (endpoint.closing) {
      messages.giveBack(endpoint);
      finishIfIdle(endpoint);
    } else if (endpoint.detaching) {
      leaveIfIdle(endpoint);
    } else if (result >= 0
        && (result & (RingOperation.POLLOUT | RingOperation.POLLERR | RingOperation.POLLHUP))
            == 0) {
      restHalfClosed(endpoint);
    } else if (endpoint.awaitsRoom) {
      endpoint.awaitsRoom = false;
      endpoint.sent(result >= 0 || result == -Errno.ETIME ? ROOM : result);
    } else {
      submitSend(endpoint);
    }
  }

  private void connected(@Nullable Endpoint endpoint, int result) {
    if (endpoint == null) {
      return;
    }
    endpoint.inFlight--;
    if (endpoint.closing) {
      finishIfIdle(endpoint);
    } else {
      endpoint.connected(result);
    }
  }

  private void woken(int flags) {
    wakeup.drain();
    calls++;
    if ((flags & RingOperation.CQE_MORE) == 0) {
      watchWakeup();
    }
  }

  private void watchWakeup() {
    long entry = ring.next(RingOperation.OP_POLL_ADD, wakeup.descriptor(), tag(WAKE, 0));
    ring.operationFlags(entry, RingOperation.POLLIN);
    ring.length(entry, RingOperation.POLL_MULTISHOT);
  }

  private void arm(Endpoint endpoint, Receiving mode) {
    expect(endpoint, mode);
    long entry = begin(RingOperation.OP_RECV, RECEIVE, endpoint);
    ring.flags(entry, RingOperation.SQE_BUFFER_SELECT);
    ring.bufferGroup(entry, GROUP);
    if (mode == Receiving.CONTINUOUS) {
      ring.ioprio(entry, RingOperation.RECV_MULTISHOT);
    }
  }

  private static void expect(Endpoint endpoint, Receiving mode) {
    if (endpoint.receiving != Receiving.NONE) {
      throw new AssertionError("a receive is under way: " + endpoint.receiving);
    }
    endpoint.receiving = mode;
  }

  private void rearm() {
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

  private void submitSend(Endpoint endpoint) {
    MessageHeader message = endpoint.message;
    long entry =
        begin(message == null ? RingOperation.OP_SEND : RingOperation.OP_SENDMSG, SEND, endpoint);
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

  /// A poll in the ring always asks for POLLRDHUP, too, so it is no way to wait for room once the
  /// peer has ended its side: time is.
  private void restHalfClosed(Endpoint endpoint) {
    endpoint.inFlight++;
    long entry = ring.next(RingOperation.OP_TIMEOUT, -1, tag(WRITABLE, slots.tag(endpoint)));
    ring.address(entry, rests.address() + 16L * endpoint.rests);
    endpoint.rests = Math.min(endpoint.rests + 1, RESTS - 1);
    ring.length(entry, 1);
  }

  private void pollWritable(Endpoint endpoint) {
    long entry = begin(RingOperation.OP_POLL_ADD, WRITABLE, endpoint);
    ring.operationFlags(entry, RingOperation.POLLOUT);
  }

  private long begin(int opcode, int operation, Endpoint endpoint) {
    endpoint.inFlight++;
    return ring.next(opcode, endpoint.fd, tag(operation, slots.tag(endpoint)));
  }

  private void cancel(long userData) {
    ring.cancel(userData, tag(IGNORED, 0));
  }

  private void finishIfIdle(Endpoint endpoint) {
    if (endpoint.inFlight == 0) {
      finish(endpoint);
    }
  }

  private void finish(Endpoint endpoint) {
    long entry = ring.next(RingOperation.OP_CLOSE, endpoint.fd, tag(IGNORED, 0));
    ring.flags(entry, RingOperation.SQE_CQE_SKIP_SUCCESS);
    slots.remove(endpoint);
    closed.add(endpoint);
  }

  static long tag(int operation, long rest) {
    return (long) operation << 56 | rest;
  }
}
