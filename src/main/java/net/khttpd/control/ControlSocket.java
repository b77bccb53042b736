package net.khttpd.control;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Sockets;
import net.khttpd.kernel.UnixCalls;
import net.khttpd.log.EventLog;
import net.khttpd.settings.OperatorException;

/// The control socket of one server: listens, asks the kernel who has connected, and lets each
/// controller talk on a thread of its own, so that a slow one delays nobody.
///
/// A bounded number of controllers at once; for one more, the connection that has waited longest
/// without a whole command is ended.
final class ControlSocket implements AutoCloseable {
  /// Controllers at once: people and their scripts, each a thread.
  static final int MOST = 16;

  private static final long ROOM_MILLIS = 100;
  private static final long REST_NANOS = 50_000_000;
  private static final long CLOSE_MILLIS = 3_000;

  private final ControlPath path;
  private final int listener;
  private final ControlCommands commands;
  private final EventLog log;
  private final Semaphore room = new Semaphore(MOST);
  private final Semaphore memory = new Semaphore(ControlConnection.MEMORY_BYTES);
  private final List<ControlConnection> connections = new ArrayList<>(); // guarded by itself
  private final AtomicLong accepted = new AtomicLong();
  private final Thread acceptor;
  private volatile boolean closing;

  private ControlSocket(ControlPath path, int listener, Server server, EventLog log) {
    this.path = path;
    this.listener = listener;
    this.commands = new ControlCommands(server);
    this.log = log;
    acceptor = Thread.ofPlatform().name("khttpd-control").daemon().unstarted(this::acceptAll);
  }

  /// Listens; a command is answered from now on.
  ///
  /// @throws OperatorException naming `--socket` and the cause
  static ControlSocket open(Path path, Server server, EventLog log) throws OperatorException {
    var name = new ControlPath(path);
    var socket = new ControlSocket(name, name.listen(), server, log);
    socket.acceptor.start();
    return socket;
  }

  Path path() {
    return path.path();
  }

  /// Takes no more controllers, lets those under way have their answers (three seconds at most),
  /// and removes the name.
  @Override
  public void close() {
    closing = true;
    path.remove();
    var sockets = new Sockets();
    sockets.shutdown(listener, Sockets.SHUT_RDWR); // wakes the acceptor
    try {
      acceptor.join(CLOSE_MILLIS);
      forEach(ControlConnection::endWhenAnswered);
      if (!room.tryAcquire(MOST, CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
        forEach(ControlConnection::cut);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    sockets.close(listener);
    sockets.free();
  }

  private void acceptAll() {
    var sockets = new Sockets();
    var calls = new UnixCalls();
    while (!closing) {
      calls.poll(listener, UnixCalls.POLLIN, -1);
      if (!closing && awaitRoom()) {
        accept(sockets, calls);
      }
    }
    sockets.free();
  }

  private void accept(Sockets sockets, UnixCalls calls) {
    int fd = sockets.accept(listener);
    if (fd < 0) {
      room.release();
      if (fd != -Errno.EAGAIN && fd != -Errno.EINTR && fd != -Errno.ECONNABORTED && !closing) {
        log.event("control-accept", "control socket: cannot accept: " + Errno.text(-fd));
        java.util.concurrent.locks.LockSupport.parkNanos(REST_NANOS);
      }
      return;
    }
    var connection = new ControlConnection(fd, calls.credentials(fd), commands, memory, log);
    synchronized (connections) {
      connections.add(connection);
    }
    Thread.ofPlatform()
        .name("khttpd-control-" + accepted.incrementAndGet())
        .daemon()
        .start(() -> talk(connection));
  }

  private void talk(ControlConnection connection) {
    try {
      connection.run();
    } finally {
      synchronized (connections) {
        connections.remove(connection);
      }
      room.release();
    }
  }

  /// False: nobody has left although the longest waiting one was asked to; look again.
  private boolean awaitRoom() {
    try {
      if (room.tryAcquire()) {
        return true;
      }
      synchronized (connections) {
        connections.stream()
            .filter(ControlConnection::waiting)
            .min(Comparator.comparingLong(ControlConnection::since))
            .ifPresent(ControlConnection::makeRoom);
      }
      return room.tryAcquire(ROOM_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void forEach(java.util.function.Consumer<ControlConnection> action) {
    synchronized (connections) {
      connections.forEach(action);
    }
  }
}
