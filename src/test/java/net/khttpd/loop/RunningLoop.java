package net.khttpd.loop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.kernel.Sockets;

/// A loop on a thread of its own, a listener to connect to, and what went wrong in the loop.
final class RunningLoop implements AutoCloseable {
  /// The engines that every test runs on.
  enum Kind {
    IO_URING,
    EPOLL
  }

  /// An endpoint of the loop and the peer's socket.
  record Pair(ScriptedEndpoint endpoint, Socket peer) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      peer.close();
    }
  }

  final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Loop> made = new CompletableFuture<>();
  private final ServerSocket listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
  private final Thread thread;

  RunningLoop(Kind kind) throws IOException {
    thread =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              var loop = new Loop(0, kind == Kind.IO_URING, Loop.TurnObserver.NONE, faults::add);
              made.complete(loop);
              loop.run();
            });
  }

  Loop loop() {
    return made.join();
  }

  Engine engine() {
    return loop().engine();
  }

  int port() {
    return listener.getLocalPort();
  }

  /// Runs on the loop's thread and returns what came out.
  <T> T call(Callable<T> task) throws Exception {
    var done = new CompletableFuture<T>();
    loop()
        .execute(() -> {
          try {
            done.complete(task.call());
          } catch (Exception | Error e) {
            done.completeExceptionally(e);
          }
        });
    return done.get(10, TimeUnit.SECONDS);
  }

  void run(Runnable task) throws Exception {
    call(() -> {
      task.run();
      return true;
    });
  }

  /// Connects the endpoint to the listener, and waits for both ends.
  Pair connect(ScriptedEndpoint endpoint) throws Exception {
    SocketAddress address = SocketAddress.of(InetAddress.getLoopbackAddress(), port());
    run(() -> {
      int fd = engine().socket(Sockets.AF_INET);
      engine().adopt(endpoint, fd);
      engine().connect(endpoint, address);
    });
    Socket peer = listener.accept();
    peer.setSoTimeout(10_000);
    long result = endpoint.await("connected").result();
    address.free();
    if (result != 0) {
      throw new AssertionError("connect: " + result);
    }
    return new Pair(endpoint, peer);
  }

  Pair pair() throws Exception {
    return connect(new ScriptedEndpoint());
  }

  void closeEndpoint(ScriptedEndpoint endpoint, boolean reset) throws Exception {
    run(() -> engine().close(endpoint, reset));
    endpoint.await("closed");
  }

  /// Ends the loop; nothing may be left alive and nothing may have gone wrong.
  @Override
  public void close() throws IOException {
    listener.close();
    loop().end();
    try {
      if (!thread.join(Duration.ofSeconds(15))) {
        throw new AssertionError("the loop did not end");
      }
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
    if (!faults.isEmpty()) {
      throw new AssertionError("faults: " + faults, faults.peek());
    }
    if (engine().live() != 0) {
      throw new AssertionError(engine().live() + " endpoints are left");
    }
  }
}
