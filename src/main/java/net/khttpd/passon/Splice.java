package net.khttpd.passon;

import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Pipe;
import net.khttpd.loop.Endpoint;
import net.khttpd.loop.Engine;
import org.jspecify.annotations.Nullable;

/// One direction of a [Relay] whose bytes go from socket to socket through a pipe, and never come
/// into our memory.
///
/// 1. [#begin], if there is a pipe to be had.
/// 2. [#fill], when the source is readable and the pipe is empty.
/// 3. [#drain] until it is empty, which may have to wait for room.
/// 4. [#end], however much is left in it.
///
/// One pipe's content a turn, so that a fast source leaves the loop to others. Used by the loop's
/// thread.
final class Splice {
  /// With less to come, copying is cheaper than a pipe.
  static final long LEAST_BYTES = 64 * 1024;

  private final Engine engine;
  private final Pipes pipes;
  private @Nullable Pipe pipe;
  private long held;
  private long drained;
  private boolean waits;

  Splice(Engine engine, Pipes pipes) {
    this.engine = engine;
    this.pipes = pipes;
  }

  boolean active() {
    return pipe != null;
  }

  /// Whether a pipe is there now.
  boolean begin() {
    if (pipe == null) {
      pipe = pipes.take();
      held = 0;
      waits = false;
    }
    return pipe != null;
  }

  /// Takes at most `most` bytes from the source: how many, 0 at its end, or `-errno`; with
  /// [Errno#EAGAIN] there are none just now; if it is not [#active] any more, there is no splicing.
  long fill(Endpoint source, long most) {
    long taken = pipe().fill(source.descriptor(), Math.min(most, Pipes.BYTES));
    held = Math.max(taken, 0);
    if (taken == -Errno.EINVAL || taken == -Errno.EPERM || taken == -Errno.ENOSYS) {
      pipes.refuse();
      end();
      return -Errno.EAGAIN;
    }
    return taken;
  }

  /// Gives what is held to the target: 0, `-errno`, or [Engine#PENDING] if it has to wait for room.
  long drain(Endpoint target) {
    drained = 0;
    waits = false;
    while (held > 0) {
      long given = pipe().drain(target.descriptor(), held);
      if (given == -Errno.EAGAIN) {
        waits = true;
        engine.awaitRoom(target);
        return Engine.PENDING;
      }
      if (given < 0) {
        return given;
      }
      held -= given;
      drained += given;
    }
    return 0;
  }

  /// Whether the last [#drain] is to go on when there is room.
  boolean waitsForRoom() {
    return waits;
  }

  /// What the target took in the last [#drain].
  long drained() {
    return drained;
  }

  void end() {
    waits = false;
    Pipe done = pipe;
    if (done != null) {
      pipes.giveBack(done, held == 0);
      pipe = null;
    }
  }

  private Pipe pipe() {
    Pipe open = pipe;
    if (open == null) {
      throw new AssertionError("nothing is spliced");
    }
    return open;
  }
}
