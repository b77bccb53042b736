package net.khttpd.files;

/// What a canonical path turned out to name when it was opened beneath the root.
public enum Kind {
  /// A regular file, open for reading.
  REGULAR,
  DIRECTORY,
  /// A FIFO, socket or device: seen with O_PATH only, never touched.
  OTHER,
  /// No such name (ENOENT, ENOTDIR, ENAMETOOLONG).
  ABSENT,
  /// Leads outside the root, or round in circles (EXDEV, ELOOP).
  OUTSIDE,
  /// The server's user may not read it (EACCES).
  UNREADABLE,
  /// Any other error, see [Facts#errno]. Never remembered: the next request tries again.
  FAILED
}
