package net.khttpd.way;

/// Tells that a draining loop has lost its last connection, once: another loop's connections must
/// not be cut because this one drained twice. Used by the loop's thread.
final class LastLeave {
  private final Runnable drained;
  private boolean acceptStopped;
  private boolean told;

  LastLeave(Runnable drained) {
    this.drained = drained;
  }

  /// No connection will come any more.
  void acceptStopped() {
    acceptStopped = true;
  }

  void tell(boolean drainingAndEmpty) {
    if (drainingAndEmpty && acceptStopped && !told) {
      told = true;
      drained.run();
    }
  }
}
