package net.khttpd.metrics;

import net.khttpd.log.EventLog;
import net.khttpd.settings.MetricsAddress;
import net.khttpd.settings.OperatorException;
import net.khttpd.statistics.Statistics;
import org.jspecify.annotations.Nullable;

/// The endpoint of a server, where its settings want one. Thread-safe.
///
/// A change is prepared, which may fail or block for a name, and then adopted or abandoned, which
/// does neither: it can be part of a change that is all or nothing.
public final class Metrics implements AutoCloseable {
  /// What is wanted, and the endpoint that is there for it.
  public static final class Prepared {
    private final MetricsAddress address;
    private final @Nullable MetricsEndpoint endpoint;

    private Prepared(MetricsAddress address, @Nullable MetricsEndpoint endpoint) {
      this.address = address;
      this.endpoint = endpoint;
    }
  }

  private final Statistics statistics;
  private final EventLog log;
  private Prepared present = new Prepared(MetricsAddress.NONE, null);

  public Metrics(Statistics statistics, EventLog log) {
    this.statistics = statistics;
    this.log = log;
  }

  /// Whether nothing is to be prepared.
  public synchronized boolean holds(MetricsAddress wanted) {
    return wanted.equals(present.address);
  }

  /// Opens what is wanted beside what is there; what is there already stays.
  ///
  /// @throws OperatorException if the address cannot be had
  public Prepared prepare(MetricsAddress wanted) throws OperatorException {
    synchronized (this) {
      if (wanted.equals(present.address)) {
        return present;
      }
    }
    return new Prepared(wanted, wanted.none() ? null : new MetricsEndpoint(wanted, statistics));
  }

  /// From now on it is what was prepared.
  public synchronized void adopt(Prepared next) {
    MetricsEndpoint before = present.endpoint;
    MetricsEndpoint opened = next.endpoint;
    present = next;
    if (before != opened && before != null) {
      before.close();
    }
    if (before != opened && opened != null) {
      log.event("metrics: http://" + opened.text() + MetricsRequest.PATH);
    }
  }

  /// It stays as it is.
  public synchronized void abandon(Prepared next) {
    MetricsEndpoint opened = next.endpoint;
    if (opened != null && opened != present.endpoint) {
      opened.close();
    }
  }

  @Override
  public void close() {
    adopt(new Prepared(MetricsAddress.NONE, null));
  }
}
