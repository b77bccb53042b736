package net.khttpd.control;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.HalfOpen;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.kernel.Sockets;
import net.khttpd.settings.ListenAddress;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;
import org.jspecify.annotations.Nullable;

/// The listening sockets of a server on one address and port, a group of SO_REUSEPORT: owned by the
/// server and not by a loop, because a socket that is closed loses the connections in its queue.
/// Used by the lifecycle thread.
///
/// The kernel numbers the sockets of a group in the order in which they began to listen; closing
/// the last one changes no other number. So those that loops do not need any more are always the
/// last.
///
/// SO_REUSEPORT would let a second server of the same user bind the same port without an error, so
/// the port is first probed without it.
final class Listeners implements AutoCloseable {
  /// How long to look for handshakes under way before the group is closed: a client that takes
  /// longer for its last packet finds nobody.
  private static final long HANDSHAKE_NANOS = 500_000_000L;

  private static final long LOOK_NANOS = 3_000_000L;

  /// How long to wait where the kernel does not tell: longer than most handshakes take.
  private static final long BLIND_NANOS = 200_000_000L;

  /// A socket, and the loop that serves it.
  private static final class Place {
    final int descriptor;
    @Nullable LoopThread holder;
    boolean listens;

    Place(int descriptor) {
      this.descriptor = descriptor;
    }
  }

  private final Sockets sockets = new Sockets();
  private final ListenAddress address;
  private final List<Place> places = new ArrayList<>();
  private int port;
  private boolean steered;

  private Listeners(ListenAddress address, int port) {
    this.address = address;
    this.port = port;
  }

  /// Binds `count` sockets; [#listen] follows.
  ///
  /// @param port the port; 0: a free one
  /// @param present those of this server that listen now, which are no reason to refuse
  /// @throws OperatorException if the address or port cannot be had; nothing stays bound
  static Listeners bind(Settings settings, int port, int count, @Nullable Listeners present)
      throws OperatorException {
    var listeners = new Listeners(settings.address(), port);
    try {
      if (port != 0 && (present == null || !present.overlaps(settings.address(), port))) {
        listeners.sockets.close(listeners.bind(false));
      }
      listeners.bindMore(count);
      return listeners;
    } catch (OperatorException e) {
      listeners.close();
      throw e;
    }
  }

  /// The port bound, also where the setting says 0.
  int port() {
    return port;
  }

  ListenAddress address() {
    return address;
  }

  int count() {
    return places.size();
  }

  /// Binds sockets until there are `count`; [#listen] follows, or [#unbind].
  void bindMore(int count) throws OperatorException {
    try {
      while (places.size() < count) {
        places.add(new Place(bind(true)));
        port = portOf(places.getLast().descriptor);
      }
    } catch (OperatorException e) {
      unbind();
      throw e;
    }
  }

  /// All sockets listen from now on.
  void listen(int backlog) throws OperatorException {
    for (Place place : places) {
      if (!place.listens) {
        check(sockets.listen(place.descriptor, backlog));
        place.listens = true;
      }
    }
  }

  /// From now on so many connections may wait to be accepted; listen(2) takes another number.
  void backlog(int connections) {
    places.forEach(place -> sockets.listen(place.descriptor, connections));
  }

  /// Closes those that do not listen yet.
  void unbind() {
    for (int i = places.size() - 1; i >= 0 && !places.get(i).listens; i--) {
      sockets.close(places.remove(i).descriptor);
    }
  }

  /// The first sockets are served by one of these loops each, the others by some of them. Whoever
  /// serves a socket now, and shall not any more, leaves it after the other has begun.
  void serve(List<LoopThread> loops) {
    for (int i = 0; i < places.size(); i++) {
      Place place = places.get(i);
      LoopThread before = place.holder;
      LoopThread now = loops.get(i % loops.size());
      if (before != now) {
        now.listen(place.descriptor);
        place.holder = now;
        if (before != null) {
          before.leave(place.descriptor);
        }
      }
    }
    steer(loops.size());
  }

  /// New connections go to the first `count` sockets.
  private void steer(int count) {
    int first = places.getFirst().descriptor;
    if (count < places.size()) {
      steered = true;
      sockets.steerToFirst(first, count);
    } else if (steered) {
      steered = false;
      sockets.steerNot(first);
    }
  }

  /// Closes what is beyond the first `count`: nothing new has come there for a while.
  void shrink(int count) {
    while (places.size() > count) {
      leaveAndClose(places.removeLast());
    }
    steer(count);
  }

  /// From now on no connection begins; returns when those that were beginning are complete (or
  /// after half a second).
  void refuseNew() {
    places.forEach(place -> sockets.refuseNew(place.descriptor));
    long begun = System.nanoTime();
    HalfOpen.Answer seen;
    do {
      LockSupport.parkNanos(LOOK_NANOS);
      seen = HalfOpen.on(port);
    } while (seen == HalfOpen.Answer.SOME && System.nanoTime() - begun < HANDSHAKE_NANOS);
    if (seen == HalfOpen.Answer.UNKNOWN) {
      LockSupport.parkNanos(BLIND_NANOS);
    }
  }

  /// Takes what has come in, then closes: from now on a connect is refused.
  void end() {
    refuseNew();
    places.forEach(this::leaveAndClose);
    places.clear();
    close();
  }

  private void leaveAndClose(Place place) {
    LoopThread holder = place.holder;
    if (holder != null) {
      holder.leave(place.descriptor);
    }
    sockets.close(place.descriptor);
  }

  /// Closes, without asking loops.
  @Override
  public void close() {
    places.forEach(place -> sockets.close(place.descriptor));
    places.clear();
    sockets.free();
  }

  private boolean overlaps(ListenAddress other, int otherPort) {
    return port == otherPort && (isAny(address) || isAny(other) || address.equals(other));
  }

  private static boolean isAny(ListenAddress address) {
    return address.literal().map(InetAddress::isAnyLocalAddress).orElse(true);
  }

  private int bind(boolean shared) throws OperatorException {
    InetAddress literal = address.literal().orElse(null);
    boolean four = literal instanceof java.net.Inet4Address;
    int fd = sockets.socket(four ? Sockets.AF_INET : Sockets.AF_INET6);
    boolean dual = fd >= 0 && !four;
    if (fd < 0 && literal == null) {
      fd = sockets.socket(Sockets.AF_INET); // no IPv6 on this machine
    }
    check(fd);
    sockets.reuseAddress(fd);
    sockets.noDelay(fd); // inherited by accepted connections: a streamed piece must not wait
    if (shared) {
      sockets.reusePort(fd);
    }
    if (dual) {
      sockets.onlyIpv6(fd, literal != null);
    }
    SocketAddress local = SocketAddress.of(literal != null ? literal : any(dual), port);
    int result = sockets.bind(fd, local);
    if (result < 0) {
      sockets.close(fd);
    }
    check(result);
    return fd;
  }

  private static InetAddress any(boolean six) {
    try {
      return InetAddress.getByAddress(new byte[six ? 16 : 4]);
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError("4 and 16 bytes are always an address", e);
    }
  }

  private int portOf(int fd) {
    var local = new SocketAddress();
    sockets.localAddress(fd, local);
    int bound = local.port();
    local.free();
    return bound;
  }

  private void check(int result) throws OperatorException {
    if (result >= 0) {
      return;
    }
    String where = address.literal().isPresent() ? address.text() : "*";
    throw new OperatorException(
        switch (-result) {
          case Errno.EADDRINUSE ->
              "serverport: %d on %s is taken; another server, perhaps another khttpd, listens there"
                  .formatted(port, where);
          case Errno.EACCES ->
              "serverport: %d may not be bound by this user; ports below 1024 need root or CAP_NET_BIND_SERVICE"
                  .formatted(port);
          case Errno.EADDRNOTAVAIL ->
              "address: %s is not an address of this machine".formatted(where);
          case Errno.EINVAL ->
              "address: %s cannot be listened on; a link-local address is none that we take"
                  .formatted(where);
          default ->
              "serverport: %d on %s cannot be bound: %s"
                  .formatted(port, where, Errno.text(-result));
        });
  }
}
