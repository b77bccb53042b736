package net.khttpd.passon;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import net.khttpd.kernel.SocketAddress;

/// Looks the names of backends up, on a few threads of its own: a name server that does not answer
/// holds up nobody but who waits for it with a deadline. Thread-safe.
///
/// The threads end by themselves when nothing is to be looked up. No more look-ups wait than there
/// are backends.
final class Names {
  /// Where names are looked up.
  @FunctionalInterface
  interface Lookup {
    InetAddress[] of(String host) throws UnknownHostException;
  }

  private static final int THREADS = 8;
  private static final int LINGER_SECONDS = 5;

  private final Lookup lookup;
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          LINGER_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().name("khttpd-names-", 0).daemon().factory());

  Names(Lookup lookup) {
    this.lookup = lookup;
    threads.allowCoreThreadTimeOut(true);
  }

  static boolean isLiteral(String host) {
    try {
      InetAddress _ = InetAddress.ofLiteral(host);
      return true;
    } catch (IllegalArgumentException name) {
      return false;
    }
  }

  /// The addresses of a host in their order; none if it has none. Literals are there at once.
  CompletableFuture<List<InetAddress>> look(String host) {
    if (isLiteral(host)) {
      return CompletableFuture.completedFuture(List.of(InetAddress.ofLiteral(host)));
    }
    return CompletableFuture.supplyAsync(() -> ask(host), threads);
  }

  private List<InetAddress> ask(String host) {
    try {
      return List.of(lookup.of(host));
    } catch (UnknownHostException e) {
      return List.of();
    }
  }

  /// The same addresses as sockets take them; those that were there before are the same objects, by
  /// which connections know whether their address still counts. The same list if nothing changes.
  static List<SocketAddress> take(List<InetAddress> hosts, int port, List<SocketAddress> before) {
    var next = new ArrayList<SocketAddress>();
    for (InetAddress host : hosts) {
      SocketAddress found = null;
      for (SocketAddress known : before) {
        found = known.host().equals(host) ? known : found;
      }
      next.add(found == null ? SocketAddress.of(host, port) : found);
    }
    boolean same = next.size() == before.size() && next.containsAll(before);
    return same ? before : List.copyOf(next);
  }

  /// What is under way ends when it ends.
  void close() {
    threads.shutdownNow();
  }
}
