package net.khttpd.loop;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.KernelRefusal;
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
/// [RingEntries] queues, [RingReceives] and [RingSends] know what their completions mean; here is
/// the turn, and the end of an endpoint.
final class RingEngine implements Engine {
  private static final int SUBMISSIONS = 1024;
  private static final int COMPLETIONS = 16384;

  private final Ring ring;
  private final Sockets sockets = new Sockets();
  private final Wakeup wakeup;
  private final Slots slots = new Slots();
  private final RingEntries entries;
  private final RingReceives receives;
  private final RingSends sends;
  private final RingListeners listeners;
  private final ArrayDeque<Endpoint> closed = new ArrayDeque<>();
  private final ArrayDeque<Endpoint> leaving = new ArrayDeque<>();
  private int ready;
  private int next;
  private long calls;

  RingEngine(Wakeup wakeup) {
    this.wakeup = wakeup;
    ring = new Ring(SUBMISSIONS, COMPLETIONS);
    entries = new RingEntries(ring, slots);
    try {
      receives = new RingReceives(ring, entries);
    } catch (KernelRefusal e) {
      ring.close();
      sockets.free();
      throw e;
    }
    sends = new RingSends(ring, entries);
    listeners = new RingListeners(ring);
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
    long entry = entries.begin(RingOperation.OP_CONNECT, RingEntries.CONNECT, endpoint);
    ring.socketAddress(entry, address);
  }

  @Override
  public void receive(Endpoint endpoint) {
    receives.arm(endpoint, Receiving.CONTINUOUS);
  }

  @Override
  public void receiveOnce(Endpoint endpoint) {
    receives.arm(endpoint, Receiving.ONCE);
  }

  @Override
  public void receiveInto(Endpoint endpoint, MemorySegment buffer, long offset, int length) {
    receives.armInto(endpoint, buffer, offset, length);
  }

  @Override
  public void awaitInput(Endpoint endpoint, int known, boolean looked) {
    if (known > 0) {
      calls++;
      sockets.receiveLowWater(endpoint.fd, known + 1); // a poll goes by what is there
    }
    endpoint.lowWater = known;
    receives.awaitInput(endpoint);
  }

  @Override
  public boolean stopReceiving(Endpoint endpoint) {
    if (!endpoint.stopping) {
      receives.dropStarved(endpoint);
      if (endpoint.receiving == Receiving.NONE) {
        return true;
      }
      endpoint.stopping = true;
      entries.cancel(RingEntries.RECEIVE, endpoint);
    }
    return false;
  }

  @Override
  public long send(Endpoint endpoint, MemorySegment bytes, long offset, int length, boolean more) {
    sends.send(endpoint, bytes, offset, length, more);
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
    sends.send(endpoint, head, headOffset, headLength, body, bodyOffset, bodyLength);
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
    sends.awaitRoom(endpoint);
    return PENDING;
  }

  @Override
  public void awaitReadable(Endpoint endpoint, boolean dry) {
    receives.awaitReadable(endpoint);
  }

  @Override
  public void awaitRoom(Endpoint endpoint) {
    sends.awaitRoom(endpoint);
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
    receives.dropStarved(endpoint);
    if (endpoint.inFlight == 0) {
      finish(endpoint);
    } else {
      entries.cancelAll(endpoint);
    }
  }

  @Override
  public void detach(Endpoint endpoint) {
    endpoint.detaching = true;
    endpoint.awaitsRoom = false;
    receives.dropStarved(endpoint);
    endpoint.stopping = endpoint.receiving != Receiving.NONE;
    if (endpoint.inFlight > 0) {
      entries.cancelAll(endpoint);
    } else {
      leaving.add(endpoint);
    }
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
    receives.rearm();
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
    sends.free(left == 0);
    if (left == 0) {
      receives.free();
    }
  }

  private void complete(long userData, int result, int flags) {
    int operation = RingEntries.operation(userData);
    Endpoint endpoint = operation <= RingEntries.CONNECT ? slots.find(userData) : null;
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
      case RingEntries.RECEIVE -> received(endpoint, result, flags);
      case RingEntries.SEND -> sent(endpoint, result);
      case RingEntries.WRITABLE -> writable(endpoint, result);
      case RingEntries.CONNECT -> connected(endpoint, result);
      case RingEntries.ACCEPT ->
          listeners.accepted(slot, result, (flags & RingOperation.CQE_MORE) != 0);
      case RingEntries.WAKE -> woken(flags);
      default -> {} // a cancellation or close that found nothing to do
    }
  }

  private void received(@Nullable Endpoint endpoint, int result, int flags) {
    try {
      if (endpoint != null) {
        received(endpoint, result, flags, (flags & RingOperation.CQE_MORE) != 0);
      }
    } finally {
      receives.giveBack(flags);
    }
  }

  private void received(Endpoint endpoint, int result, int flags, boolean more) {
    Receiving mode = endpoint.receiving;
    boolean stopped = endpoint.stopping && !more;
    if (!more) {
      endpoint.inFlight--;
      endpoint.receiving = Receiving.NONE;
      endpoint.stopping = false;
      forgetLowWater(endpoint);
    }
    if (endpoint.closing) {
      finishIfIdle(endpoint);
    } else {
      receives.deliver(endpoint, mode, result, flags, stopped);
    }
    if (endpoint.detaching) {
      leaveIfIdle(endpoint);
    } else if (stopped && !endpoint.closing) {
      endpoint.receivingStopped();
    }
  }

  private void forgetLowWater(Endpoint endpoint) {
    if (endpoint.lowWater > 0) {
      endpoint.lowWater = 0;
      calls++;
      sockets.receiveLowWater(endpoint.fd, 1);
    }
  }

  private void sent(@Nullable Endpoint endpoint, int result) {
    if (endpoint == null) {
      return;
    }
    endpoint.inFlight--;
    if (endpoint.closing) {
      sends.over(endpoint, Math.max(result, 0));
      finishIfIdle(endpoint);
    } else {
      sends.sent(endpoint, result);
    }
  }

  private void writable(@Nullable Endpoint endpoint, int result) {
    if (endpoint == null) {
      return;
    }
    endpoint.inFlight--;
    if (endpoint.closing) {
      sends.over(endpoint, 0);
      finishIfIdle(endpoint);
    } else if (endpoint.detaching) {
      leaveIfIdle(endpoint);
    } else {
      sends.writable(endpoint, result);
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
    long tag = RingEntries.tag(RingEntries.WAKE, 0);
    long entry = ring.next(RingOperation.OP_POLL_ADD, wakeup.descriptor(), tag);
    ring.operationFlags(entry, RingOperation.POLLIN);
    ring.length(entry, RingOperation.POLL_MULTISHOT);
  }

  /// Nothing of an endpoint that is being detached is in flight any more.
  private void leaveIfIdle(Endpoint endpoint) {
    if (endpoint.inFlight == 0 && !endpoint.closing) {
      leaving.add(endpoint);
    }
  }

  private void finishIfIdle(Endpoint endpoint) {
    if (endpoint.inFlight == 0) {
      finish(endpoint);
    }
  }

  private void finish(Endpoint endpoint) {
    entries.close(endpoint);
    slots.remove(endpoint);
    closed.add(endpoint);
  }
}
