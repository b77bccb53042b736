package net.khttpd.loop;

import java.util.ArrayList;
import java.util.List;
import net.khttpd.kernel.Ring;
import net.khttpd.kernel.RingOperation;
import net.khttpd.kernel.Sockets;
import org.jspecify.annotations.Nullable;

/// The listeners of a ring: a multishot accept for each, armed again when the kernel ends it. As
/// many places as there have been listeners at a time. Used by the loop's thread.
final class RingListeners {
  private final Ring ring;
  private final List<@Nullable Listener> listeners = new ArrayList<>();

  RingListeners(Ring ring) {
    this.ring = ring;
  }

  void listen(Listener listener) {
    if (listener.slot < 0) {
      listener.slot = Listener.place(listeners, listener);
    }
    if (!listener.armed && !listener.stopping) {
      listener.armed = true;
      long tag = RingEntries.tag(RingEntries.ACCEPT, listener.slot);
      long entry = ring.next(RingOperation.OP_ACCEPT, listener.fd, tag);
      ring.ioprio(entry, RingOperation.ACCEPT_MULTISHOT);
      ring.operationFlags(entry, Sockets.SOCK_CLOEXEC | Sockets.SOCK_NONBLOCK);
    }
  }

  void stop(Listener listener) {
    listener.stopping = true;
    if (listener.armed) {
      long tag = RingEntries.tag(RingEntries.ACCEPT, listener.slot);
      ring.cancel(tag, RingEntries.tag(RingEntries.IGNORED, 0));
    } else {
      stopped(listener);
    }
  }

  /// A completion of an accept; `more`: others of it follow.
  void accepted(int slot, int result, boolean more) {
    Listener listener = listeners.get(slot);
    if (listener == null) {
      return;
    }
    listener.armed = more;
    boolean over = !more && listener.stopping;
    if (!more && !over && !Listener.exhausted(result)) {
      listen(listener); // before a fault of ours could keep us from it
    }
    if (result >= 0) {
      listener.accepted(result);
    }
    if (over) {
      stopped(listener);
    } else if (!listener.armed) {
      listener.acceptFailed(-result);
    }
  }

  private void stopped(Listener listener) {
    if (listener.slot >= 0) {
      listeners.set(listener.slot, null);
      listener.slot = -1;
    }
    listener.stopping = false;
    listener.listeningStopped();
  }
}
