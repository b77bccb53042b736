package net.khttpd.control;

import net.khttpd.settings.OperatorException;

/// The points of a start, in their order; a start that fails at any of them leaves nothing behind.
enum StartPoint {
  /// Names are resolved; document root and access log are open.
  PREPARED,
  /// The port is bound, and the kernel accepts.
  LISTENING,
  /// One more loop turns; reached as often as there are threads.
  LOOP_STARTED;

  /// Is told of each point: in tests to fail there, or to let others act just then.
  @FunctionalInterface
  interface Watcher {
    /// Nobody looks.
    Watcher NONE = _ -> {};

    void reached(StartPoint point) throws OperatorException;
  }
}
