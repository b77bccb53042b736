package net.khttpd.metrics;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import net.khttpd.http.Status;
import net.khttpd.settings.MetricsAddress;
import net.khttpd.settings.OperatorException;
import net.khttpd.statistics.Statistics;

/// Answers one request a connection, on threads of its own: one that accepts, and a virtual one for
/// each of at most [#CONNECTIONS], which has read and written within five seconds or not at all. No
/// loop hears of it.
final class MetricsEndpoint implements AutoCloseable {
  private static final int CONNECTIONS = 16;
  private static final int BACKLOG = 64;
  private static final int HEAD_BYTES = 8192;
  private static final Duration DEADLINE = Duration.ofSeconds(5);
  private static final Duration CLOSE = Duration.ofSeconds(1);

  private final MetricsAddress address;
  private final Statistics statistics;
  private final ServerSocket listener;
  private final Thread acceptor;
  private final Semaphore room = new Semaphore(CONNECTIONS);

  /// Binds, and accepts from now on.
  ///
  /// @throws OperatorException naming `metrics_address`
  MetricsEndpoint(MetricsAddress address, Statistics statistics) throws OperatorException {
    this.address = address;
    this.statistics = statistics;
    this.listener = bind(address);
    acceptor = Thread.ofPlatform().name("khttpd-metrics").daemon().start(this::accept);
  }

  /// HOST:PORT with the port that was bound.
  String text() {
    return new MetricsAddress(address.host(), listener.getLocalPort()).text();
  }

  /// From then on a connect is refused: the socket listens as long as a thread is in accept(2).
  @Override
  public void close() {
    closeQuietly(listener);
    try {
      boolean _ = acceptor.join(CLOSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ServerSocket bind(MetricsAddress address) throws OperatorException {
    try {
      return new ServerSocket(address.port(), BACKLOG, InetAddress.getByName(address.host()));
    } catch (UnknownHostException e) {
      throw new OperatorException(
          "metrics_address: " + address.host() + " names a host that has no address", e);
    } catch (IOException e) {
      throw new OperatorException(
          "metrics_address: %s cannot be bound: %s".formatted(address.text(), e.getMessage()), e);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        if (room.tryAcquire()) {
          Thread.ofVirtual().start(() -> serve(socket));
        } else {
          closeQuietly(socket);
        }
      } catch (IOException e) {
        rest();
      }
    }
  }

  /// Out of descriptors, it would spin.
  private void rest() {
    if (!listener.isClosed()) {
      LockSupport.parkNanos(100_000_000);
    }
  }

  /// Who is slower, at reading or writing, is cut off: a timeout of the socket's own would bound
  /// each read alone, and no write.
  private void serve(Socket socket) {
    Thread answering = Thread.ofVirtual().start(() -> answer(socket));
    try {
      boolean _ = answering.join(DEADLINE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does; it would be cut off
    } finally {
      closeQuietly(socket);
      room.release();
    }
  }

  private void answer(Socket socket) {
    try {
      MetricsRequest request = read(socket);
      OutputStream out = socket.getOutputStream();
      switch (request.verdict(address.host())) {
        case OK -> {
          MetricsPage page = MetricsPage.of(statistics, request.accept());
          write(out, Status.OK, page.contentType(), page.text(), !request.isHead());
        }
        case Status refusal -> {
          byte[] text = (refusal.code() + " " + refusal.reason() + "\n").getBytes(ISO_8859_1);
          write(out, refusal, "text/plain", text, !request.isHead());
        }
      }
    } catch (IOException gone) {
      return; // slow, or gone: it asks again
    }
  }

  private static MetricsRequest read(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] head = new byte[HEAD_BYTES];
    int length = 0;
    var request = new MetricsRequest(head, 0);
    while (!request.complete() && length < HEAD_BYTES) {
      int came = in.read(head, length, HEAD_BYTES - length);
      if (came < 0) {
        throw new IOException("it has ended without a request");
      }
      length += came;
      request = new MetricsRequest(head, length);
    }
    return request;
  }

  private static void write(
      OutputStream out, Status status, String type, byte[] body, boolean withBody)
      throws IOException {
    String allow = status == Status.METHOD_NOT_ALLOWED ? "Allow: GET, HEAD\r\n" : "";
    String head =
        "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n%sConnection: close\r\n\r\n"
            .formatted(status.code(), status.reason(), type, body.length, allow);
    out.write(head.getBytes(ISO_8859_1));
    if (withBody) {
      out.write(body);
    }
    out.flush();
  }

  private static void closeQuietly(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      return; // nothing is lost that anybody waits for
    }
  }
}
