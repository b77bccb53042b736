package net.khttpd.loop;

import java.util.List;
import net.khttpd.kernel.Errno;
import org.jspecify.annotations.Nullable;

/// A listening socket as one loop serves it. The descriptor belongs to the server: stopping to
/// listen does not close it.
public abstract class Listener {
  int slot = -1;
  final int fd;
  boolean armed;
  boolean stopping;

  protected Listener(int fd) {
    this.fd = fd;
  }

  public final int descriptor() {
    return fd;
  }

  /// The first free place in the list, now taken by the listener.
  static int place(List<@Nullable Listener> listeners, Listener listener) {
    int free = listeners.indexOf(null);
    if (free < 0) {
      listeners.add(listener);
      return listeners.size() - 1;
    }
    listeners.set(free, listener);
    return free;
  }

  /// Whether accepting anew at once would fail in the same way, so that a loop would spin: others
  /// than these are about one connection.
  static boolean exhausted(int result) {
    return switch (-result) {
      case Errno.EMFILE,
          Errno.ENFILE,
          Errno.ENOMEM,
          Errno.ENOBUFS,
          Errno.EINVAL,
          Errno.EBADF,
          Errno.ENOTSOCK ->
          true;
      default -> false;
    };
  }

  /// A connection has been accepted; the listener owns `connection` now.
  protected abstract void accepted(int connection);

  /// Accepting failed with `errno` (EMFILE, ENFILE, ENOMEM …) and rests until [Engine#listen] is
  /// called again.
  protected abstract void acceptFailed(int errno);

  /// After [Engine#stopListening]: no more connections will be announced.
  protected abstract void listeningStopped();
}
