package net.khttpd.control;

import net.khttpd.log.EventLog;
import net.khttpd.loop.Engines;
import net.khttpd.settings.EngineChoice;
import net.khttpd.settings.OperatorException;

/// What the setting `engine` comes to on this machine.
final class EngineWish {
  private EngineWish() {}

  /// Whether loops shall have rings. Why `auto` cannot have them is told to the log.
  ///
  /// @throws OperatorException if rings were asked for and the kernel refuses them
  static boolean ring(EngineChoice choice, EventLog log) throws OperatorException {
    if (choice == EngineChoice.EPOLL) {
      return false;
    }
    String why = Engines.whyNoRing();
    if (why == null) {
      return true;
    }
    if (choice == EngineChoice.IO_URING) {
      throw new OperatorException("engine: io_uring was asked for, but " + why);
    }
    log.event("engine=epoll, because " + why);
    return false;
  }
}
