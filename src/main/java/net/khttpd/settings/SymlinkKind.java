package net.khttpd.settings;

/// Which symbolic links beneath the document root are followed, the value of `symlinks`.
public enum SymlinkKind {
  /// Those that stay beneath it, and those into `symlink_roots`.
  BENEATH,
  /// None.
  NONE
}
