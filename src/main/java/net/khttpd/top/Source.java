package net.khttpd.top;

import java.util.List;
import net.khttpd.settings.OperatorException;

/// Where the statistics come from.
@FunctionalInterface
public interface Source {
  /// `NAME = VALUE` of all of them, as `sysctl net.khttpd.stats` prints them. May wait for the
  /// server's answer.
  ///
  /// @throws OperatorException if the server does not answer any more
  List<String> lines() throws OperatorException;
}
