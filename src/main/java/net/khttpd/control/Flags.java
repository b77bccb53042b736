package net.khttpd.control;

import net.khttpd.control.Server.State;
import net.khttpd.settings.Draft;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;

/// `start`, `stop` and `unload` are verbs to whoever writes them and tell the state to whoever
/// reads them: `start` is 1 while running, `stop` while draining, `unload` while an unload is under
/// way.
final class Flags {
  private Flags() {}

  /// The same settings, as read in this state.
  static Settings of(Settings settings, State state, boolean unloading) {
    boolean start = state == State.RUNNING;
    boolean stop = state == State.DRAINING;
    if (settings.start() == start && settings.stop() == stop && settings.unload() == unloading) {
      return settings;
    }
    try {
      return Draft.of(settings)
          .write("start", start ? "1" : "0")
          .write("stop", stop ? "1" : "0")
          .write("unload", unloading ? "1" : "0")
          .snapshot();
    } catch (OperatorException e) {
      throw new AssertionError("0 and 1 are flags", e);
    }
  }

  /// The same settings of a server that is idle.
  static Settings neutral(Settings settings) {
    return of(settings, State.IDLE, false);
  }

  /// What a command wants: a flag that is 1 is a verb to be done.
  ///
  /// @throws OperatorException if it contradicts itself
  static Settings wanted(Command command, Settings present, State state) throws OperatorException {
    Settings base = of(present, state == State.RUNNING ? State.RUNNING : State.IDLE, false);
    Settings next = command.wanted(base);
    boolean ends = next.stop() || next.unload();
    if (next.start() && ends && !base.start()) {
      throw new OperatorException(
          "start: contradicts %s in the same write; write one after the other"
              .formatted(next.stop() ? "stop" : "unload"));
    }
    if (command.literal() && base.start() && !next.start() && !ends) {
      throw new OperatorException("start: 0 does not stop a running server; write stop=1");
    }
    return next;
  }
}
