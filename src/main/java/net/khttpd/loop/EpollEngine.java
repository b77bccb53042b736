package net.khttpd.loop;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import net.khttpd.kernel.Epoll;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Memory;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.kernel.Sockets;
import net.khttpd.kernel.Wakeup;
import net.khttpd.loop.Endpoint.Receiving;

/// The engine over epoll(7): one edge-triggered registration a socket, for its whole life, and what
/// the edges said is remembered in the endpoint (`readable`, `writable`), so that no EPOLL_CTL_MOD
/// is ever needed. A send is tried at once.
///
/// Bytes are received into one buffer of the loop. An endpoint whose socket has more to give than
/// one turn allows, or that wants to receive while it is known to be readable, waits in `eager`.
final class EpollEngine implements Engine {
  private static final int EVENTS = 512;
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final int INTEREST =
      Epoll.EPOLLIN | Epoll.EPOLLPRI | Epoll.EPOLLOUT | Epoll.EPOLLRDHUP | Epoll.EPOLLET;
  private static final int ENDED = Epoll.EPOLLRDHUP | Epoll.EPOLLHUP | Epoll.EPOLLERR;

  /// Deliveries to one endpoint in a turn: others wait.
  private static final int DELIVERIES = 8;

  private static final long LISTENER = 1L << 62;
  private static final long WAKE = 1L << 61;

  private final Epoll epoll = new Epoll(EVENTS);
  private final Sockets sockets = new Sockets();
  private final Wakeup wakeup;
  private final Slots slots = new Slots();
  private final MemorySegment buffer = Memory.allocate(BUFFER_BYTES);
  private final EpollListeners listeners = new EpollListeners(epoll, sockets, LISTENER);
  private final EpollSends sends = new EpollSends(sockets);
  private final ArrayDeque<Endpoint> eager = new ArrayDeque<>();
  private final ArrayDeque<Endpoint> closed = new ArrayDeque<>();
  private final ArrayDeque<Endpoint> leaving = new ArrayDeque<>();
  private int ready;
  private int next;
  private long calls;

  EpollEngine(Wakeup wakeup) {
    this.wakeup = wakeup;
    epoll.add(wakeup.descriptor(), Epoll.EPOLLIN, WAKE);
  }

  @Override
  public String name() {
    return "epoll";
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
    calls++;
    int result = epoll.add(fd, INTEREST, slots.tag(endpoint));
    if (result < 0) {
      slots.remove(endpoint);
      endpoint.fd = -1;
    }
    return Math.min(result, 0);
  }

  @Override
  public void connect(Endpoint endpoint, SocketAddress address) {
    calls++;
    int result = sockets.connect(endpoint.fd, address);
    endpoint.connecting = true;
    if (result != -Errno.EINPROGRESS) {
      endpoint.connectedAtOnce = true;
      endpoint.connectResult = result;
      enqueue(endpoint);
    }
  }

  @Override
  public void receive(Endpoint endpoint) {
    want(endpoint, Receiving.CONTINUOUS);
  }

  @Override
  public void receiveOnce(Endpoint endpoint) {
    want(endpoint, Receiving.ONCE);
  }

  @Override
  public void receiveInto(Endpoint endpoint, MemorySegment own, long offset, int length) {
    endpoint.into = own;
    endpoint.intoOffset = offset;
    endpoint.intoLength = length;
    want(endpoint, Receiving.INTO);
  }

  @Override
  public void awaitInput(Endpoint endpoint, int known, boolean looked) {
    boolean empty = looked && !endpoint.news && !endpoint.ended;
    endpoint.readable = !empty; // what is there already gives no edge
    want(endpoint, Receiving.READY);
  }

  @Override
  public boolean stopReceiving(Endpoint endpoint) {
    endpoint.receiving = Receiving.NONE;
    endpoint.into = null;
    return true;
  }

  @Override
  public long send(Endpoint endpoint, MemorySegment bytes, long offset, int length, boolean more) {
    return sends.send(endpoint, bytes, offset, length, more);
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
    return sends.send(endpoint, head, headOffset, headLength, body, bodyOffset, bodyLength);
  }

  @Override
  public long sendFile(Endpoint endpoint, int file, long offset, long count) {
    return sends.sendFile(endpoint, file, offset, count);
  }

  @Override
  public void awaitReadable(Endpoint endpoint, boolean dry) {
    endpoint.readable &= !dry;
    want(endpoint, Receiving.READABLE);
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
    calls++;
    sockets.close(endpoint.fd);
    sends.over(endpoint);
    slots.remove(endpoint);
    closed.add(endpoint);
  }

  @Override
  public void detach(Endpoint endpoint) {
    endpoint.detaching = true;
    endpoint.receiving = Receiving.NONE;
    endpoint.into = null;
    endpoint.awaitsRoom = false;
    calls++;
    epoll.remove(endpoint.fd);
    leaving.add(endpoint);
  }

  @Override
  public void await(long timeoutNanos) {
    if (next < ready) {
      return; // a fault of ours has interrupted the last dispatch; its edges come no second time
    }
    boolean busy = !closed.isEmpty() || !leaving.isEmpty() || !eager.isEmpty();
    calls++;
    next = 0;
    ready = epoll.await(busy || listeners.busy() ? 0 : timeoutNanos);
  }

  @Override
  public void dispatch() {
    int eagerBefore = eager.size();
    int waitingBefore = listeners.waiting();
    while (next < ready) {
      int i = next++;
      ready(epoll.data(i), epoll.readiness(i));
    }
    next = 0;
    ready = 0;
    for (int i = 0; i < eagerBefore && !eager.isEmpty(); i++) {
      Endpoint endpoint = eager.poll();
      endpoint.queued = false;
      if (!endpoint.closing) {
        proceed(endpoint);
      }
    }
    listeners.dispatch(waitingBefore);
    Leaving.tell(leaving, slots);
    for (Endpoint e = closed.poll(); e != null; e = closed.poll()) {
      e.closed();
    }
  }

  @Override
  public int live() {
    return slots.live() + closed.size();
  }

  @Override
  public long calls() {
    return calls + listeners.calls() + sends.calls();
  }

  @Override
  public void close() {
    epoll.close();
    sockets.free();
    sends.free();
    Memory.free(buffer);
  }

  private void ready(long data, int readiness) {
    if (data == WAKE) {
      calls++;
      wakeup.drain();
    } else if ((data & LISTENER) != 0) {
      listeners.ready((int) data);
    } else {
      Endpoint endpoint = slots.find(data);
      if (endpoint != null) {
        boolean in = (readiness & (Epoll.EPOLLIN | ENDED)) != 0;
        endpoint.news |= in;
        endpoint.readable |= in;
        endpoint.ended |= (readiness & (ENDED | Epoll.EPOLLPRI)) != 0;
        endpoint.writable |= (readiness & (Epoll.EPOLLOUT | ENDED)) != 0;
        proceed(endpoint);
      }
    }
  }

  private void proceed(Endpoint endpoint) {
    try {
      follow(endpoint);
    } catch (RuntimeException | Error fault) {
      close(endpoint, true); // its state is not to be trusted any more
      throw fault;
    }
  }

  /// Follows what the edges said.
  private void follow(Endpoint endpoint) {
    if (endpoint.connecting) {
      finishConnect(endpoint);
    } else {
      if (endpoint.writable) {
        sends.resume(endpoint);
      }
      if (endpoint.readable && endpoint.receiving != Receiving.NONE && !endpoint.closing) {
        deliver(endpoint);
      }
    }
  }

  private void finishConnect(Endpoint endpoint) {
    if (!endpoint.writable && !endpoint.connectedAtOnce) {
      return;
    }
    endpoint.connecting = false;
    if (!endpoint.connectedAtOnce) {
      calls++;
      endpoint.connectResult = sockets.error(endpoint.fd);
    }
    endpoint.connected(endpoint.connectResult);
  }

  private void want(Endpoint endpoint, Receiving mode) {
    if (endpoint.receiving != Receiving.NONE) {
      throw new AssertionError("a receive is under way: " + endpoint.receiving);
    }
    endpoint.receiving = mode;
    if (endpoint.readable) {
      enqueue(endpoint);
    }
  }

  private void deliver(Endpoint endpoint) {
    if (endpoint.receiving == Receiving.READABLE) {
      endpoint.receiving = Receiving.NONE;
      endpoint.readable();
      return; // what it wants next is had in the next turn, if the socket is still readable
    }
    int rounds = 0;
    while (endpoint.readable && endpoint.receiving != Receiving.NONE && !endpoint.closing) {
      if (rounds++ == DELIVERIES) {
        enqueue(endpoint);
        return;
      }
      if (endpoint.receiving == Receiving.READY) {
        endpoint.news = false;
        endpoint.receiving = Receiving.NONE;
        endpoint.inputReady(endpoint.ended);
        return;
      }
      MemorySegment own = endpoint.into;
      MemorySegment target = own == null ? buffer : own;
      long offset = own == null ? 0 : endpoint.intoOffset;
      int room = own == null ? BUFFER_BYTES : endpoint.intoLength;
      calls++;
      int received = sockets.receive(endpoint.fd, target, offset, room, 0);
      if (received == -Errno.EAGAIN) {
        endpoint.readable = false;
      } else if (received != -Errno.EINTR) {
        // A short read has emptied the socket, unless it met an end or the mark of urgent data.
        endpoint.readable = received == room || (endpoint.ended && received > 0);
        if (received <= 0 || endpoint.receiving != Receiving.CONTINUOUS) {
          endpoint.receiving = Receiving.NONE;
          endpoint.into = null;
        }
        endpoint.received(target, offset, received);
      }
    }
  }

  private void enqueue(Endpoint endpoint) {
    if (!endpoint.queued) {
      endpoint.queued = true;
      eager.add(endpoint);
    }
  }
}
