package net.khttpd.passon;

/// The time in which a client has to bring some of its body: how much, the rate that
/// `send_rate_min` demands. Belongs to one [RequestFlow].
final class UploadWindow {
  private final Limits limits;
  private boolean open;
  private long endsNanos;
  private long bytes;

  UploadWindow(Limits limits) {
    this.limits = limits;
  }

  void close() {
    open = false;
    bytes = 0;
  }

  void open(long nowNanos) {
    open = true;
    endsNanos = nowNanos + limits.uploadNanos();
    bytes = 0;
  }

  /// Whether the client has brought enough, so that a new one may begin.
  boolean fulfilled() {
    return !open || bytes >= limits.leastUpload();
  }

  void count(long more) {
    bytes += more;
  }

  /// Whether the client has brought too little in the window that ends now. The deadline may have
  /// been another one, for the response, and come earlier. If it has ended, the next one begins.
  ///
  /// @param excused whether the client is waiting for a word of the backend
  boolean failed(long nowNanos, boolean excused) {
    if (nowNanos - endsNanos < 0 && !excused) {
      return false;
    }
    boolean failed = bytes < limits.leastUpload() && !excused;
    open(nowNanos);
    return failed;
  }

  long nanosLeft(long nowNanos) {
    return endsNanos - nowNanos;
  }
}
