package net.khttpd.control;

import java.net.InetAddress;
import java.util.Arrays;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.kernel.Sockets;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;

/// The listening sockets of a server: one for each loop on the same port (SO_REUSEPORT), owned by
/// the server and not by a loop. Used by the lifecycle thread.
///
/// SO_REUSEPORT would let a second server of the same user bind the same port without an error, so
/// the port is first probed without it.
final class Listeners implements AutoCloseable {
  private final Sockets sockets = new Sockets();
  private final int[] descriptors;
  private int port;

  /// Binds and listens.
  ///
  /// @param wanted the port; 0: a free one
  /// @throws OperatorException if the address or port cannot be had; nothing stays bound
  Listeners(Settings settings, int wanted, int count) throws OperatorException {
    descriptors = new int[count];
    Arrays.fill(descriptors, -1);
    port = wanted;
    try {
      if (port != 0) {
        sockets.close(bind(settings, false));
      }
      for (int i = 0; i < count; i++) {
        descriptors[i] = bind(settings, true);
        port = portOf(descriptors[i]);
        check(sockets.listen(descriptors[i], settings.backlog()), settings);
      }
    } catch (OperatorException e) {
      close();
      throw e;
    }
  }

  /// The port bound, also where the setting says 0.
  int port() {
    return port;
  }

  int descriptor(int loop) {
    return descriptors[loop];
  }

  /// From now on so many connections may wait to be accepted; listen(2) takes another number.
  void backlog(int connections) {
    for (int descriptor : descriptors) {
      if (descriptor >= 0) {
        int _ = sockets.listen(descriptor, connections);
      }
    }
  }

  /// From now on a connect is refused.
  @Override
  public void close() {
    for (int i = 0; i < descriptors.length; i++) {
      if (descriptors[i] >= 0) {
        sockets.close(descriptors[i]);
        descriptors[i] = -1;
      }
    }
  }

  private int bind(Settings settings, boolean shared) throws OperatorException {
    InetAddress literal = settings.address().literal().orElse(null);
    boolean four = literal instanceof java.net.Inet4Address;
    int fd = sockets.socket(four ? Sockets.AF_INET : Sockets.AF_INET6);
    boolean dual = fd >= 0 && !four;
    if (fd < 0 && literal == null) {
      fd = sockets.socket(Sockets.AF_INET); // no IPv6 on this machine
    }
    check(fd, settings);
    sockets.reuseAddress(fd);
    sockets.noDelay(fd); // inherited by accepted connections: a streamed piece must not wait
    if (shared) {
      sockets.reusePort(fd);
    }
    if (dual) {
      sockets.onlyIpv6(fd, literal != null);
    }
    SocketAddress address = SocketAddress.of(literal != null ? literal : any(dual), port);
    int result = sockets.bind(fd, address);
    if (result < 0) {
      sockets.close(fd);
    }
    check(result, settings);
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
    var address = new SocketAddress();
    sockets.localAddress(fd, address);
    int bound = address.port();
    address.free();
    return bound;
  }

  private void check(int result, Settings settings) throws OperatorException {
    if (result >= 0) {
      return;
    }
    String where = settings.address().literal().isPresent() ? settings.address().text() : "*";
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
