package net.khttpd.way;

import java.lang.foreign.MemorySegment;
import net.khttpd.client.Client;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.client.State;
import net.khttpd.files.Entry;
import net.khttpd.http.ProxyHeader;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Memory;
import net.khttpd.kernel.Sockets;
import net.khttpd.loop.Loop;
import org.jspecify.annotations.Nullable;

/// Looks at requests that lie in their socket still (`handover=…,peek`), and takes from it only
/// what we have answered ourselves: so a socket can be handed over from which nothing of its
/// request was read. It costs two more system calls for each batch of requests.
///
/// One for each loop; its thread only.
final class Peeking {
  /// Behind the longest head: what a socket mostly holds.
  private static final int MORE_BYTES = 16 * 1024;

  private final Loop loop;
  private final Sockets sockets;
  private final Counters counters;
  private MemorySegment buffer = MemorySegment.NULL;
  private boolean on;

  Peeking(Loop loop, Sockets sockets, Counters counters) {
    this.loop = loop;
    this.sockets = sockets;
    this.counters = counters;
  }

  /// From now on sockets are looked at, or not; heads may be so long.
  void apply(boolean peeks, int headMax) {
    on = peeks;
    long bytes = (long) headMax + MORE_BYTES;
    if (peeks && buffer.byteSize() < bytes) {
      free();
      buffer = Memory.allocate(bytes);
    }
  }

  boolean on() {
    return on;
  }

  void free() {
    if (buffer.byteSize() > 0) {
      Memory.free(buffer);
      buffer = MemorySegment.NULL;
    }
  }

  /// Waits for more than what was seen, without taking it.
  void await(Client client) {
    loop.engine().awaitInput(client, client.seen, client.looked);
  }

  /// Takes what was looked at from the socket.
  void take(Client client, int length) {
    if (length > 0) {
      counters.add(Counter.BYTES_IN, Math.max(sockets.discard(client.descriptor(), length), 0));
    }
  }

  /// Looks at what there is: its length, 0 at the end, or `-errno`; `-EAGAIN` also if it is no more
  /// than before.
  ///
  /// @param last no more will come
  int look(Client client, boolean last) {
    int length =
        sockets.receive(
            client.descriptor(),
            buffer,
            0,
            (int) buffer.byteSize(),
            Sockets.MSG_PEEK | Sockets.MSG_DONTWAIT);
    if (length == -Errno.EINTR) {
      return look(client, last);
    }
    client.looked = length < buffer.byteSize();
    if (length == -Errno.EAGAIN) {
      client.seen = 0;
      return last ? 0 : length;
    }
    if (length <= 0 || length != client.seen) {
      return length;
    }
    if (!last) {
      return -Errno.EAGAIN;
    }
    take(client, length); // unread, it would turn our close into a reset
    return 0;
  }

  /// Reads the header of a balancer's connection at the start of what was looked at, as
  /// [ProxyHeader#parse].
  int parse(ProxyHeader header, int length) {
    return header.parse(buffer, 0, length);
  }

  /// Takes requests from what was looked at; returns how many of its bytes were used.
  ///
  /// @param found what the first request has awaited, or null
  int run(Client client, WayOfRequest way, int length, @Nullable Entry found) {
    client.peeked = true;
    int used = way.run(client, buffer, 0, length, false, found);
    client.peeked = false;
    if (client.state == State.CLOSED || used == WayOfRequest.PASSED_ON) {
      client.seen = 0;
      client.looked = false;
      return used;
    }
    take(client, used);
    boolean partOfHead = client.state == State.READING && way.headBegun(client);
    client.seen = partOfHead ? length - used : 0;
    client.looked &= partOfHead || used == length;
    return used;
  }
}
