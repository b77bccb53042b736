package net.khttpd.control;

import java.nio.file.Path;
import net.khttpd.log.EventLog;
import net.khttpd.settings.OperatorException;
import org.jspecify.annotations.Nullable;

/// A server in the foreground: how its operator reaches it, by control socket and signals, from
/// before its start to its end. Used by the program's main thread.
final class Foreground implements AutoCloseable {
  private final Server server;
  private final EventLog log;
  private final Signals signals;
  private @Nullable ControlSocket socket;
  private @Nullable String whyNoSocket;

  private Foreground(Server server, EventLog log, Signals signals) {
    this.server = server;
    this.log = log;
    this.signals = signals;
  }

  /// Takes SIGHUP and SIGUSR1 over and binds the control socket: commands are answered from now on.
  ///
  /// @param path of the control socket; null: the usual one, or none if that cannot be had
  /// @throws OperatorException if the path cannot be bound
  static Foreground begin(
      Server server, EventLog log, @Nullable Path path, SettingsOptions options, Signals signals)
      throws OperatorException {
    signals.on("HUP", new Reload(options, server, log));
    signals.on("USR1", () -> reopen(server, log));
    server.whenBroken(() -> signals.end("a loop has died"));
    server.whenUnloaded(() -> signals.end("unloaded"));
    var foreground = new Foreground(server, log, signals);
    foreground.open(path);
    server.awaitLoaded();
    return foreground;
  }

  /// Waits for a signal or an unload, and stops the server.
  void await() {
    if (whyNoSocket != null) {
      log.event("no control socket, so khttpd sysctl does not reach this server: " + whyNoSocket);
    }
    log.event("ending: " + signals.await());
    server.stop();
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.close();
    }
  }

  private void open(@Nullable Path path) throws OperatorException {
    try {
      socket = ControlSocket.open(path == null ? ControlPath.byDefault() : path, server, log);
    } catch (OperatorException e) {
      if (path != null) {
        throw e;
      }
      whyNoSocket = e.sentence(); // told once we serve: a start that fails says one sentence
    }
  }

  private static void reopen(Server server, EventLog log) {
    server.reopenLogs();
    log.event("SIGUSR1: the access log is opened anew");
  }
}
