package net.khttpd.control;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Memory;
import net.khttpd.kernel.Sockets;
import net.khttpd.kernel.UnixCalls;

/// Lines of text over one connected control socket; both ends use it. Every wait has a deadline and
/// every line a bound.
///
/// Owns the descriptor, which is non-blocking. Used by one thread, but for [#endInput] and [#cut].
/// An end or reset by the peer is an EOFException, a deadline a SocketTimeoutException, what is no
/// line of ours a ProtocolException.
final class ControlLines implements AutoCloseable {
  /// Bytes of a line: a value of 4,096 characters, each up to four bytes, with a name before it.
  static final int LONGEST_LINE = 20 * 1024;

  private static final int BUFFER = 8 * 1024;
  private static final int SHUT_RD = 0;

  private final int fd;
  private final Sockets sockets = new Sockets();
  private final UnixCalls calls = new UnixCalls();
  private final MemorySegment in = Memory.allocate(BUFFER);
  private final MemorySegment out = Memory.allocate(BUFFER);
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
  private int inAt;
  private int inEnd;
  private int outEnd;
  private boolean open = true; // guarded by this

  ControlLines(int fd) {
    this.fd = fd;
  }

  /// The next line without its line feed.
  String read(long deadlineNanos) throws IOException {
    line.reset();
    while (true) {
      while (inAt < inEnd) {
        byte next = in.get(JAVA_BYTE, inAt++);
        if (next == '\n') {
          return text();
        }
        if (line.size() == LONGEST_LINE) {
          throw new ProtocolException("a line has more than " + LONGEST_LINE + " bytes");
        }
        line.write(next);
      }
      fill(deadlineNanos);
    }
  }

  /// Appends a line to what [#flush] sends; what does not fit the buffer is sent at once.
  void write(String text, long deadlineNanos) throws IOException {
    byte[] bytes = (text + "\n").getBytes(UTF_8);
    for (int at = 0; at < bytes.length; ) {
      if (outEnd == BUFFER) {
        flush(deadlineNanos);
      }
      int length = Math.min(bytes.length - at, BUFFER - outEnd);
      MemorySegment.copy(bytes, at, out, JAVA_BYTE, outEnd, length);
      outEnd += length;
      at += length;
    }
  }

  void flush(long deadlineNanos) throws IOException {
    for (int at = 0; at < outEnd; ) {
      int sent = sockets.send(fd, out, at, outEnd - at, 0);
      if (sent == -Errno.EAGAIN) {
        await(UnixCalls.POLLOUT, deadlineNanos);
      } else if (sent < 0 && sent != -Errno.EINTR) {
        throw new EOFException(Errno.text(-sent));
      }
      at += Math.max(sent, 0);
    }
    outEnd = 0;
  }

  /// Waits until there is something to read, or the peer has ended its side.
  void awaitInput(long deadlineNanos) throws IOException {
    if (inAt == inEnd) {
      await(UnixCalls.POLLIN, deadlineNanos);
    }
  }

  /// Lets the reading thread meet the end of its input; answers can still be written. Any thread.
  synchronized void endInput() {
    shutDown(SHUT_RD);
  }

  /// Ends both sides at once. Any thread.
  synchronized void cut() {
    shutDown(Sockets.SHUT_RDWR);
  }

  @Override
  public void close() {
    synchronized (this) {
      open = false;
      sockets.close(fd);
    }
    sockets.free();
    Memory.free(in);
    Memory.free(out);
  }

  private void shutDown(int how) {
    if (open) {
      var own = new Sockets();
      own.shutdown(fd, how);
      own.free();
    }
  }

  private void fill(long deadlineNanos) throws IOException {
    while (true) {
      int received = sockets.receive(fd, in, 0, BUFFER, 0);
      if (received > 0) {
        inAt = 0;
        inEnd = received;
        return;
      }
      if (received == -Errno.EAGAIN) {
        await(UnixCalls.POLLIN, deadlineNanos);
      } else if (received != -Errno.EINTR) {
        throw new EOFException(received == 0 ? "the peer has ended" : Errno.text(-received));
      }
    }
  }

  private void await(int events, long deadlineNanos) throws IOException {
    int ready;
    do {
      long left = (deadlineNanos - System.nanoTime() + 999_999) / 1_000_000;
      if (left <= 0) {
        throw new SocketTimeoutException();
      }
      ready = calls.poll(fd, events, (int) Math.min(left, Integer.MAX_VALUE));
    } while (ready == 0 || ready == -Errno.EINTR);
    if (ready < 0) {
      throw new IOException("poll: " + Errno.text(-ready));
    }
  }

  private String text() throws ProtocolException {
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(line.toByteArray())).toString();
      if (text.chars().anyMatch(c -> Character.isISOControl(c) && c != '\t')) {
        throw new ProtocolException("a line holds a control character");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw new ProtocolException("a line is not UTF-8 text");
    }
  }
}
