package net.khttpd.frontdoor.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// The backend's end of one connection: what a script reads from and writes to.
public final class BackendConnection implements AutoCloseable {
  private static final int MAX_RAW = 64 << 20;
  private final int number;
  private final Socket socket;
  private final Queue<Received> requests;
  private final ByteArrayOutputStream raw = new ByteArrayOutputStream();
  private final ByteStream in;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable IOException end;

  BackendConnection(int number, Socket socket, Queue<Received> requests) throws IOException {
    this.number = number;
    this.socket = socket;
    this.requests = requests;
    socket.setTcpNoDelay(true);
    in = new ByteStream(socket.getInputStream(), this::record);
  }

  private void record(byte[] bytes, int length) {
    synchronized (raw) {
      if (raw.size() < MAX_RAW) {
        raw.write(bytes, 0, length);
      }
    }
  }

  public int number() {
    return number;
  }

  /// The next request, whole, and recorded; null when the front closed between requests.
  public @Nullable Received read() throws IOException {
    String head = head();
    return head.isEmpty() ? null : finish(head);
  }

  /// A request's head alone (for answers before the body); empty at the end.
  public String head() throws IOException {
    return in.head();
  }

  /// The body that follows this head; records the request as complete.
  public Received finish(String head) throws IOException {
    var trailers = new StringBuilder();
    byte[] body;
    if (!Answer.values(head, "Transfer-Encoding").isEmpty()) {
      body = in.chunked(trailers);
    } else {
      var length = Answer.values(head, "Content-Length");
      body = length.isEmpty() ? new byte[0] : in.exactly(Long.parseLong(length.getFirst()));
    }
    var received = new Received(number, head, body, trailers.toString());
    requests.add(received);
    return received;
  }

  public BackendConnection send(String latin1) throws IOException {
    return send(Wire.bytes(latin1));
  }

  public BackendConnection send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /// What the front sends beyond HTTP, once a tunnel has begun.
  public byte[] exactly(long length) throws IOException {
    return in.exactly(length);
  }

  /// All that the front sends until it ends its side.
  public byte[] toEnd() throws IOException {
    return in.toEnd();
  }

  /// Whether the front's end was a RST.
  public boolean wasReset() {
    return in.wasReset();
  }

  /// Ends our side (FIN); what the front sends can still be read.
  public BackendConnection endOutput() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /// Reads and drops until the front ends the connection.
  public void awaitEnd() throws IOException {
    in.skip(Long.MAX_VALUE);
  }

  /// Stops reading and writing until the backend is closed.
  public void stall() throws InterruptedException {
    closed.await();
  }

  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  byte[] raw() {
    synchronized (raw) {
      return raw.toByteArray();
    }
  }

  void forget() {
    synchronized (raw) {
      raw.reset();
    }
  }

  boolean hasEnded() {
    return closed.getCount() == 0;
  }

  void ended(IOException how) {
    end = how;
  }

  /// How the connection ended, when not by the script's own return.
  public @Nullable IOException end() {
    return end;
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    socket.close();
  }
}
