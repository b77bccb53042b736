package net.khttpd.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// Speaks raw bytes to a control socket; every wait has a deadline.
final class RawController implements AutoCloseable {
  private static final long DEADLINE_NANOS = 20_000_000_000L;

  private final SocketChannel channel;
  private final Selector selector;
  private final ByteArrayOutputStream got = new ByteArrayOutputStream();

  RawController(Path socket) throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    channel.configureBlocking(false);
    selector = Selector.open();
  }

  /// Sends what the server takes; false once it takes no more, because it has closed.
  boolean send(String text) throws IOException {
    return send(text.getBytes(UTF_8));
  }

  boolean send(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    try {
      while (buffer.hasRemaining()) {
        if (channel.write(buffer) == 0) {
          await(SelectionKey.OP_WRITE);
        }
      }
      return true;
    } catch (IOException closed) {
      return false;
    }
  }

  void endInput() throws IOException {
    channel.shutdownOutput();
  }

  /// All text up to and including a status line.
  String answer() throws IOException {
    while (!text().matches("(?s)(.*\n)?(ok|error|fault)\n")) {
      if (!receive()) {
        throw new IOException("closed after '" + text() + "'");
      }
    }
    String answer = text();
    got.reset();
    return answer;
  }

  /// All text until the server closes.
  String rest() throws IOException {
    while (receive()) {}
    return text();
  }

  private String text() {
    return got.toString(UTF_8);
  }

  private boolean receive() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    try {
      int length = channel.read(buffer);
      if (length == 0) {
        await(SelectionKey.OP_READ);
      } else if (length > 0) {
        got.write(buffer.array(), 0, length);
      }
      return length >= 0;
    } catch (java.net.SocketException reset) {
      return false;
    }
  }

  private void await(int operation) throws IOException {
    SelectionKey key = channel.register(selector, operation);
    if (selector.select(DEADLINE_NANOS / 1_000_000) == 0) {
      throw new IOException("the server neither reads nor answers; so far '" + text() + "'");
    }
    selector.selectedKeys().clear();
    key.interestOps(0);
  }

  @Override
  public void close() throws IOException {
    selector.close();
    channel.close();
  }
}
