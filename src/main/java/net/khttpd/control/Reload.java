package net.khttpd.control;

import java.util.concurrent.Semaphore;
import net.khttpd.log.EventLog;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Setting;
import net.khttpd.settings.Settings;
import net.khttpd.settings.SettingsTree;

/// SIGHUP: reads the files of `--conf` again, and makes the settings what a new start would make
/// them (defaults, files, then `-w`), whatever was written meanwhile. Whether the server is started
/// stays as it is. A fault in a file changes nothing. Called by any thread.
final class Reload implements Runnable {
  /// One at work and one that waits; a further signal has the effect of that which waits.
  private static final int MOST = 2;

  private final SettingsOptions options;
  private final Server server;
  private final EventLog log;
  private final Semaphore room = new Semaphore(MOST);

  Reload(SettingsOptions options, Server server, EventLog log) {
    this.options = options;
    this.server = server;
    this.log = log;
  }

  @Override
  public void run() {
    if (options.files.isEmpty()) {
      log.event("SIGHUP: there is no --conf file to read, nothing has changed");
    } else if (room.tryAcquire()) {
      try {
        reload();
      } finally {
        room.release();
      }
    }
  }

  private synchronized void reload() {
    try {
      Settings read = options.read(true);
      server.change(
          draft -> {
            for (Setting<?> setting : SettingsTree.all()) {
              if (!setting.isVerb()) {
                draft.take(setting, read);
              }
            }
          },
          "SIGHUP");
      log.event("SIGHUP: read " + options.filesInWords());
    } catch (OperatorException mistake) {
      log.event("SIGHUP: nothing has changed: " + mistake.sentence());
    } catch (RuntimeException | Error fault) {
      log.event("fault", "SIGHUP: a fault of ours: " + fault);
    }
  }
}
