package net.khttpd.kernel;

/// Error numbers of errno(3) that this server tells apart, the same on x86-64 and aarch64. Calls
/// return them negated.
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int EBADF = 9;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EBUSY = 16;
  public static final int EXDEV = 18;
  public static final int ENOTDIR = 20;
  public static final int EISDIR = 21;
  public static final int EINVAL = 22;
  public static final int ENFILE = 23;
  public static final int EMFILE = 24;
  public static final int ENOSPC = 28;
  public static final int ENAMETOOLONG = 36;
  public static final int ENOSYS = 38;
  public static final int ELOOP = 40;
  public static final int ETIME = 62;
  public static final int ENOTSOCK = 88;
  public static final int EMSGSIZE = 90;
  public static final int EOPNOTSUPP = 95;
  public static final int EADDRINUSE = 98;
  public static final int EADDRNOTAVAIL = 99;
  public static final int ECONNABORTED = 103;
  public static final int ECONNRESET = 104;
  public static final int ENOBUFS = 105;
  public static final int ENOTCONN = 107;
  public static final int ETIMEDOUT = 110;
  public static final int ECONNREFUSED = 111;
  public static final int EHOSTUNREACH = 113;
  public static final int EINPROGRESS = 115;
  public static final int ESTALE = 116;
  public static final int ECANCELED = 125;

  private Errno() {}

  /// Whether a result of `-errno` says that there are no descriptors left.
  public static boolean noDescriptors(int result) {
    return result == -EMFILE || result == -ENFILE;
  }

  /// Name and sentence of an error number, for a log line or an operator.
  public static String text(int errno) {
    return switch (errno) {
      case EPERM -> "EPERM (operation not permitted)";
      case ENOENT -> "ENOENT (no such file or directory)";
      case EIO -> "EIO (input/output error)";
      case EBADF -> "EBADF (bad file descriptor)";
      case EAGAIN -> "EAGAIN (try again)";
      case ENOMEM -> "ENOMEM (no memory, or the memlock limit is reached)";
      case EACCES -> "EACCES (permission denied)";
      case EXDEV -> "EXDEV (leads outside)";
      case ENOTDIR -> "ENOTDIR (not a directory)";
      case EINVAL -> "EINVAL (invalid argument)";
      case ENFILE -> "ENFILE (the system has no more descriptors)";
      case EMFILE -> "EMFILE (this process has no more descriptors)";
      case ENOSYS -> "ENOSYS (not in this kernel)";
      case ELOOP -> "ELOOP (too many links)";
      case EMSGSIZE -> "EMSGSIZE (too much of the request has been read already)";
      case EADDRINUSE -> "EADDRINUSE (the port is taken)";
      case EADDRNOTAVAIL -> "EADDRNOTAVAIL (no such local address)";
      case ECONNRESET -> "ECONNRESET (reset by the peer)";
      case ETIMEDOUT -> "ETIMEDOUT (timed out)";
      case ECONNREFUSED -> "ECONNREFUSED (nobody listens there)";
      case EHOSTUNREACH -> "EHOSTUNREACH (no route)";
      case ECANCELED -> "ECANCELED (cancelled)";
      default -> "errno " + errno;
    };
  }
}
