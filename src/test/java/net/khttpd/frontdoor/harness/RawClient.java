package net.khttpd.frontdoor.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/// A client that sends exactly the bytes it is given and reads what comes, each read within a
/// deadline. Owns its socket; used by one thread.
public final class RawClient implements AutoCloseable {
  /// Longer than any wait of a healthy server on a busy machine, in milliseconds.
  public static final int DEADLINE_MILLIS = 10_000;

  private final Socket socket;
  private final ByteStream in;
  private final OutputStream out;
  private long received;
  private long sent;

  public RawClient(int port) throws IOException {
    this(port, 0);
  }

  /// `receiveBuffer` in bytes bounds what the kernel takes in while nobody reads; 0 leaves it.
  public RawClient(int port, int receiveBuffer) throws IOException {
    socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(DEADLINE_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), DEADLINE_MILLIS);
    in = new ByteStream(socket.getInputStream(), (bytes, length) -> received += length);
    out = socket.getOutputStream();
  }

  /// Bytes that came, and those sent by [#send]: as on the wire.
  public long receivedBytes() {
    return received;
  }

  public long sentBytes() {
    return sent;
  }

  public int localPort() {
    return socket.getLocalPort();
  }

  public RawClient deadlineMillis(int millis) throws IOException {
    socket.setSoTimeout(millis);
    return this;
  }

  public RawClient send(String latin1) throws IOException {
    return send(Wire.bytes(latin1));
  }

  public RawClient send(byte[] bytes) throws IOException {
    out.write(bytes);
    sent += bytes.length;
    return this;
  }

  public RawClient send(byte[] bytes, int from, int to) throws IOException {
    out.write(bytes, from, to - from);
    sent += to - from;
    return this;
  }

  /// Sends, and does not mind when the server has already ended the connection.
  public RawClient sendIfItListens(byte[] bytes) {
    try {
      out.write(bytes);
    } catch (IOException gone) {
      // What the server answered before it closed is read by the test.
      return this;
    }
    return this;
  }

  /// Ends our side (FIN); answers can still be read.
  public RawClient endOutput() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /// Ends the connection with a RST, dropping what is under way.
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /// The final response to a request that is not HEAD; 1xx before it fail the test.
  public Answer read() throws IOException {
    return body(head());
  }

  /// The response to a HEAD request: a head and nothing after it.
  public Answer readForHead() throws IOException {
    return new Answer(head(), new byte[0], true);
  }

  /// A head alone, of whatever status.
  public String head() throws IOException {
    String head = in.head();
    assertNotEquals("", head, "the server closed without an answer");
    return head;
  }

  /// All answers until the server closes; an incomplete last one is marked.
  public List<Answer> readAll() throws IOException {
    return readAll(false);
  }

  /// The same where the first answer may be one to HEAD, and so without a body.
  public List<Answer> readAll(boolean firstIsForHead) throws IOException {
    var answers = new ArrayList<Answer>();
    for (String head = in.head(); !head.isEmpty(); head = in.head()) {
      boolean bare = firstIsForHead && answers.isEmpty();
      answers.add(bare ? new Answer(head, new byte[0], true) : body(head));
    }
    return answers;
  }

  private Answer body(String head) throws IOException {
    int status = Integer.parseInt(head.substring(9, 12));
    if (status < 200 || status == 204 || status == 304) {
      return new Answer(head, new byte[0], true);
    }
    try {
      if (!Answer.values(head, "Transfer-Encoding").isEmpty()) {
        return new Answer(head, in.chunked(new StringBuilder()), true);
      }
      List<String> length = Answer.values(head, "Content-Length");
      if (length.isEmpty()) {
        return new Answer(head, in.toEnd(), true);
      }
      return new Answer(head, in.exactly(Long.parseLong(length.getFirst())), true);
    } catch (ByteStream.CutException cut) {
      return new Answer(head, cut.body, false);
    }
  }

  /// Waits for the next byte, and returns how many are there by then.
  public int arrivedTogether() throws IOException {
    in.peek();
    return in.buffered() + socket.getInputStream().available();
  }

  /// Drops body bytes; returns how many came before the server closed.
  public long skip(long length) throws IOException {
    return in.skip(length);
  }

  public byte[] exactly(long length) throws IOException {
    return in.exactly(length);
  }

  public byte[] toEnd() throws IOException {
    return in.toEnd();
  }

  /// Nothing more comes but the end (FIN); a RST is an end that loses answers, and fails.
  public void assertClosed() throws IOException {
    assertGone();
    assertFalse(in.wasReset(), "the connection ended by a reset");
  }

  /// Nothing more comes but the end, by FIN or by RST.
  public void assertGone() throws IOException {
    assertEquals(-1, in.read(), "more bytes came where the connection should end");
  }

  /// Whether nothing, not even the end, comes within this time; what comes is kept for reading.
  public boolean silentFor(int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      in.peek();
      return false;
    } catch (SocketTimeoutException quiet) {
      return true;
    } finally {
      socket.setSoTimeout(DEADLINE_MILLIS);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
