package net.khttpd.accept;

import net.khttpd.loop.Listener;
import net.khttpd.loop.Loop;
import net.khttpd.loop.Timed;

/// One listening socket as a loop serves it: takes what comes, rests for a moment instead of
/// spinning when descriptors run out, and empties the queue when it is left. Used by the loop's
/// thread; the descriptor belongs to the server.
final class Entrance extends Listener {
  private static final int LAST_ACCEPTS = 65536;
  private static final long REST_NANOS = 100_000_000L;

  private final Accept accept;
  private final Loop loop;
  private final Timed rest =
      new Timed() {
        @Override
        protected void expired() {
          loop.engine().listen(Entrance.this);
        }
      };
  private Runnable left = () -> {};
  private boolean leaving;

  Entrance(int fd, Accept accept, Loop loop) {
    super(fd);
    this.accept = accept;
    this.loop = loop;
  }

  void open() {
    loop.engine().listen(this);
  }

  /// Ends listening; `whenLeft` is told once, when nothing more will come from here.
  void leave(Runnable whenLeft) {
    if (!leaving) {
      leaving = true;
      left = whenLeft;
      loop.cancel(rest);
      loop.engine().stopListening(this);
    }
  }

  @Override
  protected void accepted(int connection) {
    accept.accepted(connection);
  }

  @Override
  protected void acceptFailed(int errno) {
    accept.failed(errno);
    if (!leaving) {
      loop.schedule(rest, REST_NANOS);
    }
  }

  /// Connections that are complete but wait in the queue would be reset by the listener's close;
  /// and if another loop serves on, a wake-up that this one has swallowed may have been the only
  /// one. So they are taken first.
  @Override
  protected void listeningStopped() {
    for (int i = 0; i < LAST_ACCEPTS && accept.takeQueued(descriptor()); i++) {}
    accept.left(this);
    left.run();
  }
}
