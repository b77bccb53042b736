package net.khttpd.control;

import net.khttpd.metrics.Metrics;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;

/// What a server offers besides serving: its metrics and its files, as its settings want them. They
/// are there whether it serves or not. Used by the lifecycle thread.
///
/// A change is prepared, which may be refused, and then adopted or abandoned, which cannot fail.
final class Outlets {
  /// A change of both.
  record Prepared(Metrics.Prepared metrics, ProcMount.Prepared files) {}

  private final Metrics metrics;
  private final ProcMount files;
  private final Patience patience;

  Outlets(Metrics metrics, ProcMount files, Patience patience) {
    this.metrics = metrics;
    this.files = files;
    this.patience = patience;
  }

  /// Shows the files that are wanted when the server is loaded, or says why not.
  void begin(Settings settings) {
    String wanted = settings.procMount();
    if (!files.holds(wanted)) {
      try {
        files.adopt(patience.await(() -> files.prepare(wanted), files::abandon));
      } catch (OperatorException e) {
        files.goOnWithout(wanted, e);
      }
    }
  }

  /// What the next settings want, beside what is there.
  Prepared prepare(Settings next) throws OperatorException {
    var address = next.metricsAddress();
    var endpoint =
        metrics.holds(address)
            ? metrics.prepare(address)
            : patience.await(() -> metrics.prepare(address), metrics::abandon);
    String directory = next.procMount();
    try {
      return new Prepared(
          endpoint,
          files.holds(directory)
              ? files.prepare(directory)
              : patience.await(() -> files.prepare(directory), files::abandon));
    } catch (OperatorException | RuntimeException e) {
      metrics.abandon(endpoint);
      throw e;
    }
  }

  void adopt(Prepared next) {
    metrics.adopt(next.metrics());
    files.adopt(next.files());
  }

  void abandon(Prepared next) {
    metrics.abandon(next.metrics());
    files.abandon(next.files());
  }

  void close() {
    metrics.close();
    files.end();
  }
}
