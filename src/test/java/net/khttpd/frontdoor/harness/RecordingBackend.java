package net.khttpd.frontdoor.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A backend that does what its script says and records every byte it receives, per connection. One
/// virtual thread a connection; `close` ends them all.
public final class RecordingBackend implements AutoCloseable {
  /// What one connection does from accept to end; called on the connection's own thread.
  @FunctionalInterface
  public interface Script {
    void serve(BackendConnection connection) throws IOException, InterruptedException;
  }

  private final ServerSocket listener;
  private final List<BackendConnection> connections = new ArrayList<>();
  private final LinkedBlockingQueue<Received> requests = new LinkedBlockingQueue<>();
  private final AtomicInteger open = new AtomicInteger();
  private int accepted; // guarded by connections
  private volatile Script script;

  public RecordingBackend(Script script) throws IOException {
    this(script, InetAddress.getLoopbackAddress(), 0);
  }

  public RecordingBackend(Script script, InetAddress address, int port) throws IOException {
    this.script = script;
    this.listener = new ServerSocket(port, 1024, address);
    Thread.ofVirtual().name("recording-backend").start(this::accept);
  }

  /// Every connection answers every request with these bytes.
  public static Script fixed(String response) {
    return c -> {
      while (c.read() != null) {
        c.send(response);
      }
    };
  }

  /// The plain answer of most tests.
  public static final String OK =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\nbackend";

  public static RecordingBackend ok() throws IOException {
    return new RecordingBackend(fixed(OK));
  }

  public int port() {
    return listener.getLocalPort();
  }

  public String setting() {
    return "127.0.0.1:" + port();
  }

  /// From now on, new connections do this.
  public RecordingBackend script(Script next) {
    script = next;
    return this;
  }

  /// The next complete request, within the deadline.
  public Received take() throws InterruptedException {
    Received next = requests.poll(RawClient.DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
    if (next == null) {
      throw new AssertionError("no request reached the backend");
    }
    return next;
  }

  /// Complete requests not yet taken; empties the list.
  public List<Received> drain() {
    var all = new ArrayList<Received>();
    requests.drainTo(all);
    return all;
  }

  public int accepted() {
    synchronized (connections) {
      return accepted;
    }
  }

  public int open() {
    return open.get();
  }

  /// All bytes of all connections, in order of acceptance.
  public byte[] received() {
    var all = new ByteArrayOutputStream();
    synchronized (connections) {
      connections.forEach(c -> all.writeBytes(c.raw()));
    }
    return all.toByteArray();
  }

  /// Forgets what was received, and connections that have ended; open ones go on.
  public void forget() {
    requests.clear();
    synchronized (connections) {
      connections.removeIf(BackendConnection::hasEnded);
      connections.forEach(BackendConnection::forget);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        begin(listener.accept());
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void begin(Socket socket) throws IOException {
    BackendConnection connection;
    synchronized (connections) {
      connection = new BackendConnection(accepted++, socket, requests);
      connections.add(connection);
    }
    open.incrementAndGet();
    Thread.ofVirtual().start(() -> run(connection));
  }

  private void run(BackendConnection connection) {
    try (connection) {
      script.serve(connection);
    } catch (IOException gone) {
      connection.ended(gone);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    } finally {
      open.decrementAndGet();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    synchronized (connections) {
      for (BackendConnection c : connections) {
        c.close();
      }
    }
  }
}
