package net.khttpd.passon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import net.khttpd.settings.BackendAddress;
import net.khttpd.settings.Balancing;
import org.jspecify.annotations.Nullable;

/// One check of one backend under way: a GET on a connection of its own, of whose answer the status
/// alone is read. Used by the thread of [Watch].
final class Check {
  /// `HTTP/1.1 200` has 12 octets.
  private static final int STATUS_OCTETS = 12;

  final Backend backend;
  final Balancing.Check rules;
  final long deadlineNanos;
  private final SocketChannel channel;
  private final ByteBuffer request;
  private final ByteBuffer answer = ByteBuffer.allocate(STATUS_OCTETS);

  private Check(Backend backend, Balancing.Check rules, long nowNanos, SocketChannel channel) {
    this.backend = backend;
    this.rules = rules;
    this.channel = channel;
    deadlineNanos = nowNanos + rules.timeoutMillis() * 1_000_000L;
    String head =
        "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: khttpd-check\r\nConnection: close\r\n\r\n"
            .formatted(rules.path(), new String(backend.authority(), ISO_8859_1));
    request = ByteBuffer.wrap((rules.proxy().nobodys() + head).getBytes(ISO_8859_1));
  }

  /// Begins one; it is over when [#go] says so, or at its deadline.
  ///
  /// @throws IOException if it has failed already
  static Check begin(Backend backend, Balancing.Check rules, long nowNanos, Selector selector)
      throws IOException {
    SocketAddress to = address(backend);
    boolean unix = to instanceof UnixDomainSocketAddress;
    SocketChannel channel =
        unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
    var check = new Check(backend, rules, nowNanos, channel);
    try {
      channel.configureBlocking(false);
      boolean connected = channel.connect(to);
      channel.register(
          selector, connected ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT, check);
      return check;
    } catch (IOException e) {
      check.close();
      throw e;
    } catch (RuntimeException e) { // such as an address of a family that this machine has not
      check.close();
      throw new IOException(e.toString(), e);
    }
  }

  private static SocketAddress address(Backend backend) throws IOException {
    if (backend.setting() instanceof BackendAddress.Unix unix) {
      return UnixDomainSocketAddress.of(unix.path());
    }
    var all = backend.addresses();
    if (all.isEmpty()) {
      throw new IOException("its name has no address");
    }
    var first = all.get(backend.preferred(all));
    return new InetSocketAddress(first.host(), first.port());
  }

  /// Goes on when the channel is ready; what came of it, null if it is not over.
  @Nullable Outcome go(SelectionKey key) {
    try {
      if (key.isConnectable()) {
        channel.finishConnect();
        key.interestOps(SelectionKey.OP_WRITE);
      } else if (key.isWritable()) {
        channel.write(request);
        if (!request.hasRemaining()) {
          key.interestOps(SelectionKey.OP_READ);
        }
      } else if (key.isReadable()) {
        boolean ended = channel.read(answer) < 0;
        return ended || !answer.hasRemaining() ? judge() : null;
      }
      return null;
    } catch (IOException e) {
      return failed(e);
    }
  }

  private Outcome judge() {
    String line = new String(answer.array(), 0, answer.position(), ISO_8859_1);
    if (!line.matches("HTTP/1\\.[01] [1-5][0-9]{2}")) {
      return new Outcome(false, line.isEmpty() ? "was not answered" : "was answered by no HTTP");
    }
    int status = Integer.parseInt(line.substring(9));
    return new Outcome(status >= 200 && status < 400, "was answered " + status);
  }

  static Outcome failed(IOException e) {
    return new Outcome(false, "failed: " + e.getMessage());
  }

  void close() {
    try {
      channel.close();
    } catch (IOException gone) {
      return; // it is
    }
  }

  /// @param said for the sentence about it
  record Outcome(boolean good, String said) {}
}
