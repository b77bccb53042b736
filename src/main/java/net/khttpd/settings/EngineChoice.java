package net.khttpd.settings;

/// Which engine moves the bytes, the value of `engine`.
public enum EngineChoice {
  /// io_uring where the kernel allows it, else epoll; the log says why.
  AUTO,
  /// io_uring(7) or nothing.
  IO_URING,
  /// epoll(7).
  EPOLL
}
