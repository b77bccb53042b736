package net.khttpd.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import net.khttpd.kernel.Epoll;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Sockets;
import org.jspecify.annotations.Nullable;

/// The listeners of an epoll loop: an edge-triggered registration for each, and a queue of those
/// that may have more to give. As many places as there have been listeners at a time. Used by the
/// loop's thread.
final class EpollListeners {
  /// Connections taken from one listener in a turn: others wait.
  private static final int ACCEPTS = 64;

  private final Epoll epoll;
  private final Sockets sockets;
  private final long mark;
  private final List<@Nullable Listener> listeners = new ArrayList<>();
  private final ArrayDeque<Listener> waiting = new ArrayDeque<>();
  private final ArrayDeque<Listener> stopped = new ArrayDeque<>();
  private long calls;

  /// @param mark tells the events of listeners from others, above the place in `data`
  EpollListeners(Epoll epoll, Sockets sockets, long mark) {
    this.epoll = epoll;
    this.sockets = sockets;
    this.mark = mark;
  }

  void listen(Listener listener) {
    if (listener.slot < 0) {
      listener.slot = Listener.place(listeners, listener);
      epoll.add(listener.fd, Epoll.EPOLLIN | Epoll.EPOLLET, mark | listener.slot);
      calls++;
    }
    if (!listener.armed) {
      listener.armed = true;
      waiting.add(listener);
    }
  }

  void stop(Listener listener) {
    listener.armed = false;
    waiting.remove(listener);
    if (listener.slot >= 0) {
      calls++;
      epoll.remove(listener.fd);
      listeners.set(listener.slot, null);
      listener.slot = -1;
    }
    stopped.add(listener);
  }

  /// An edge of the listener in this place.
  void ready(int slot) {
    Listener listener = listeners.get(slot);
    if (listener != null && listener.armed) {
      accept(listener);
    }
  }

  /// Listeners that have more to give than one turn allows.
  int waiting() {
    return waiting.size();
  }

  /// Whether the coming turn has work without an event.
  boolean busy() {
    return !waiting.isEmpty() || !stopped.isEmpty();
  }

  /// Takes from the first `count` of those who wait; tells those that have stopped.
  void dispatch(int count) {
    for (int i = 0; i < count && !waiting.isEmpty(); i++) {
      accept(waiting.poll());
    }
    for (Listener l = stopped.poll(); l != null; l = stopped.poll()) {
      l.listeningStopped();
    }
  }

  long calls() {
    return calls;
  }

  private void accept(Listener listener) {
    boolean more = true;
    try {
      for (int i = 0; i < ACCEPTS && listener.armed && more; i++) {
        calls++;
        int result = sockets.accept(listener.fd);
        if (result >= 0) {
          listener.accepted(result);
        } else if (Listener.exhausted(result)) {
          listener.armed = false;
          listener.acceptFailed(-result);
        } else {
          more = result != -Errno.EAGAIN;
        }
      }
    } finally { // a fault of ours must not lose the edge
      if (more && listener.armed && !waiting.contains(listener)) {
        waiting.add(listener);
      }
    }
  }
}
