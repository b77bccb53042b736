package net.khttpd.mount;

import java.util.List;
import net.khttpd.settings.OperatorException;

/// A server as the files see it. Called by the threads of FUSE, several at a time.
public interface Source {
  /// The lines `net.khttpd.NAME = VALUE` of a name or of all below it, as sysctl(8) shows them;
  /// empty if there is no such name.
  ///
  /// @param name below `net.khttpd.`; empty for all settings
  /// @throws OperatorException if no server answers
  List<String> read(String name) throws OperatorException;

  /// Writes `NAME=VALUE`; returns when its effect is there.
  ///
  /// @param who writes, for the event log
  /// @throws OperatorException why not, in one sentence; then nothing has changed
  void write(String assignment, String who) throws OperatorException;
}
