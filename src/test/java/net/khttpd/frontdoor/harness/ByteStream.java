package net.khttpd.frontdoor.harness;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;

/// Buffered reading of HTTP/1 from a socket for both sides of the tests: lines, counted bytes,
/// chunks. Keeps what was read raw, so that a test can assert the bytes themselves. Used by one
/// thread.
final class ByteStream {
  private static final int MAX_LINE = 1 << 20;
  private final InputStream in;
  private final byte[] buffer = new byte[64 * 1024];
  private final ByteSink raw;
  private boolean reset;
  private int next;
  private int end;

  /// Told of every byte that arrives, as it arrives.
  interface ByteSink {
    void arrived(byte[] buffer, int length);
  }

  ByteStream(InputStream in, ByteSink raw) {
    this.in = in;
    this.raw = raw;
  }

  /// The next byte, or -1 at the end.
  int read() throws IOException {
    return next < end || fill() ? buffer[next++] & 0xff : -1;
  }

  /// Waits for the next byte or the end and leaves it.
  boolean peek() throws IOException {
    return next < end || fill();
  }

  /// Bytes read from the socket and not yet taken.
  int buffered() {
    return end - next;
  }

  /// Whether the end was a RST.
  boolean wasReset() {
    return reset;
  }

  private boolean fill() throws IOException {
    int n = -1;
    try {
      n = in.read(buffer, 0, buffer.length);
    } catch (SocketException e) {
      if (!"Connection reset".equals(e.getMessage())) {
        throw e;
      }
      reset = true;
    }
    if (n <= 0) {
      return false;
    }
    raw.arrived(buffer, n);
    next = 0;
    end = n;
    return true;
  }

  /// A head up to and with its empty line; the empty string when the peer closed before it began.
  String head() throws IOException {
    var out = new StringBuilder();
    while (!out.toString().endsWith("\r\n\r\n")) {
      int from = out.length();
      out.append(line());
      if (out.length() == from) {
        if (from == 0) {
          return "";
        }
        throw new EOFException("closed within a head: " + out);
      }
    }
    return out.toString();
  }

  /// One line with its line end; what there is when the stream ends first.
  String line() throws IOException {
    var out = new StringBuilder();
    int b;
    while (out.length() < MAX_LINE && (b = read()) >= 0) {
      out.append((char) b);
      if (b == '\n') {
        break;
      }
    }
    return out.toString();
  }

  byte[] exactly(long length) throws IOException {
    var out = new ByteArrayOutputStream();
    if (copy(length, out) < length) {
      throw new CutException(out.toByteArray());
    }
    return out.toByteArray();
  }

  /// Copies at most `length` bytes; returns how many came before the end.
  long copy(long length, ByteArrayOutputStream out) throws IOException {
    long done = 0;
    while (done < length && (next < end || fill())) {
      int n = (int) Math.min(end - next, length - done);
      out.write(buffer, next, n);
      next += n;
      done += n;
    }
    return done;
  }

  /// Drops at most `length` bytes; returns how many came before the end.
  long skip(long length) throws IOException {
    long done = 0;
    while (done < length && (next < end || fill())) {
      int n = (int) Math.min(end - next, length - done);
      next += n;
      done += n;
    }
    return done;
  }

  /// A chunked body, decoded; extensions are dropped, trailers are returned in `trailers`.
  byte[] chunked(StringBuilder trailers) throws IOException {
    var out = new ByteArrayOutputStream();
    while (true) {
      String size = line();
      if (!size.endsWith("\r\n")) {
        throw new CutException(out.toByteArray());
      }
      int n = Integer.parseInt(size.strip().split(";")[0], 16);
      if (n == 0) {
        break;
      }
      if (copy(n, out) < n || !line().equals("\r\n")) {
        throw new CutException(out.toByteArray());
      }
    }
    for (String t = line(); !t.equals("\r\n"); t = line()) {
      if (t.isEmpty()) {
        throw new CutException(out.toByteArray());
      }
      trailers.append(t);
    }
    return out.toByteArray();
  }

  byte[] toEnd() throws IOException {
    var out = new ByteArrayOutputStream();
    copy(Long.MAX_VALUE, out);
    return out.toByteArray();
  }

  /// The peer ended before the framing did.
  static final class CutException extends EOFException {
    final transient byte[] body;

    CutException(byte[] body) {
      super("cut after " + body.length + " bytes of body");
      this.body = body;
    }
  }
}
