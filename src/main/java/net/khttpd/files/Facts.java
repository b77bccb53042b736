package net.khttpd.files;

import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Statx;

/// What the kernel said of one opened descriptor: the material of the second judgement. Of kinds
/// that have no descriptor only `kind` and `errno` mean something.
///
/// @param mode type and permission bits, as `st_mode`
/// @param marked a marker file lies in a directory on the way, the root included
/// @param realName last segment of the real file's name, links resolved; empty if there is none.
///   Not to be written to.
/// @param errno why, for the kinds that are errors, else 0
@SuppressWarnings("ArrayRecordComponent") // never written to, and never compared as a record
public record Facts(
    Kind kind,
    int mode,
    long device,
    long inode,
    long size,
    long mtimeSeconds,
    int mtimeNanos,
    long ctimeSeconds,
    int ctimeNanos,
    boolean marked,
    byte[] realName,
    int errno) {
  private static final byte[] NO_NAME = {};

  /// Markers are not looked for where there is no file to be marked: whoever asks would choose in
  /// how many directories.
  static Facts ofError(int errno) {
    return new Facts(kindOf(errno), 0, 0, 0, 0, 0, 0, 0, 0, false, NO_NAME, errno);
  }

  static Facts of(Kind kind, Statx statx, boolean marked, byte[] realName) {
    return new Facts(
        kind,
        statx.mode(),
        statx.device(),
        statx.inode(),
        statx.size(),
        statx.mtimeSeconds(),
        statx.mtimeNanos(),
        statx.ctimeSeconds(),
        statx.ctimeNanos(),
        marked,
        realName,
        0);
  }

  /// Of bytes that we have made ourselves.
  static Facts ofBytes(long size) {
    return new Facts(Kind.REGULAR, 0, 0, 0, size, 0, 0, 0, 0, false, NO_NAME, 0);
  }

  private static Kind kindOf(int errno) {
    return switch (errno) {
      case Errno.ENOENT, Errno.ENOTDIR, Errno.ENAMETOOLONG -> Kind.ABSENT;
      case Errno.EXDEV, Errno.ELOOP -> Kind.OUTSIDE;
      case Errno.EACCES -> Kind.UNREADABLE;
      default -> Kind.FAILED;
    };
  }

  /// Whether the identity still is what `now` says: device, inode, size, both times, mode.
  boolean sameVersion(Statx now) {
    return sameFile(now)
        && size == now.size()
        && mtimeSeconds == now.mtimeSeconds()
        && mtimeNanos == now.mtimeNanos()
        && ctimeSeconds == now.ctimeSeconds()
        && ctimeNanos == now.ctimeNanos()
        && mode == now.mode();
  }

  /// Whether the time of modification says anything: reproducible builds set it to 0 or 1.
  public boolean dated() {
    return mtimeSeconds != 0 && mtimeSeconds != 1;
  }

  boolean sameFile(Statx now) {
    return inode == now.inode() && device == now.device();
  }
}
