package net.khttpd.kernel;

/// The kernel refused a call without which a part of the server cannot begin.
public final class KernelRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String call;
  private final int errno;

  public KernelRefusal(String call, int errno) {
    super(call + ": " + Errno.text(errno));
    this.call = call;
    this.errno = errno;
  }

  /// The call as the manual names it.
  public String call() {
    return call;
  }

  /// A positive error number, see [Errno].
  public int errno() {
    return errno;
  }
}
