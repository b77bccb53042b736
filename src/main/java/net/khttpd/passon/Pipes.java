package net.khttpd.passon;

import java.util.ArrayDeque;
import net.khttpd.kernel.Pipe;
import org.jspecify.annotations.Nullable;

/// The pipes of one loop, for bodies that are spliced. Used by the loop's thread.
///
/// Bounds: [#MOST] at a time, beyond which bodies are copied; [#SPARE] of them are kept empty. What
/// a client does not take waits in at most [#BYTES] of a pipe.
final class Pipes {
  /// What one pipe takes: 64 pages, so that one user's pipes may be 256 before the kernel gives him
  /// smaller ones (pipe-user-pages-soft).
  static final int BYTES = 256 * 1024;

  static final int MOST = 64;
  private static final int SPARE = 4;

  private final ArrayDeque<Pipe> spare = new ArrayDeque<>(SPARE);
  private int taken;
  private boolean refused;

  /// An empty pipe; null if there is none to be had.
  @Nullable Pipe take() {
    if (taken == MOST || refused) {
      return null;
    }
    Pipe pipe = spare.poll();
    if (pipe == null) {
      pipe = Pipe.open(BYTES);
    }
    if (pipe != null) {
      taken++;
    }
    return pipe;
  }

  /// The kernel does not splice these sockets, or forbids it: from now on all bodies are copied.
  void refuse() {
    refused = true;
  }

  /// @param empty whether nothing is left in it
  void giveBack(Pipe pipe, boolean empty) {
    taken--;
    if (empty && spare.size() < SPARE) {
      spare.push(pipe);
    } else {
      pipe.close();
    }
  }

  /// The loop has ended, or keeps nothing any more.
  void close() {
    for (Pipe pipe = spare.poll(); pipe != null; pipe = spare.poll()) {
      pipe.close();
    }
  }
}
