package net.khttpd.control;

import net.khttpd.log.EventLog;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;

/// The server as the command line sees it (placeholder until the stages are merged).
public final class Server implements AutoCloseable {
  private final Settings settings;
  private final EventLog log;

  public Server(Settings settings, EventLog log) {
    this.settings = settings;
    this.log = log;
  }

  /// Serves; the text after `khttpd: ready `.
  public String start() throws OperatorException {
    return "http://127.0.0.1:" + settings.serverPort();
  }

  /// Drains and stops.
  public void stop() {
    log.event("stopped");
  }

  public void stopNow() {}

  @Override
  public void close() {}
}
