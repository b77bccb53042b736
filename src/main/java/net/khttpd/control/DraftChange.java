package net.khttpd.control;

import net.khttpd.settings.Draft;
import net.khttpd.settings.OperatorException;

/// Turns a draft of the present settings into the wanted ones. Called on the lifecycle thread,
/// once, when the change's turn has come; it reads no file and asks nobody.
@FunctionalInterface
public interface DraftChange {
  /// Writes into the draft; what it throws refuses the whole change.
  void apply(Draft draft) throws OperatorException;
}
