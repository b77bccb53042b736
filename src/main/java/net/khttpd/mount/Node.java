package net.khttpd.mount;

import java.util.Map;

/// What a path of the mount stands for.
sealed interface Node {
  /// @param names what lies in it; true: a directory
  record Directory(Map<String, Boolean> names) implements Node {}

  /// @param name below `net.khttpd.`
  /// @param content what a reader gets
  /// @param writable whether it is a setting
  record File(String name, byte[] content, boolean writable) implements Node {}
}
