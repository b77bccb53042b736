package net.khttpd.passon;

import net.khttpd.client.Progress;
import net.khttpd.settings.BackendProxy;
import net.khttpd.settings.Balancing.Ejection;
import net.khttpd.settings.OrderSettings;
import net.khttpd.settings.Settings;

/// The relay's deadlines and bounds, from the settings. Nanoseconds where not named otherwise.
///
/// @param connectNanos for a backend to take a connection
/// @param backendNanos for a backend to send its first byte, and then to go on
/// @param tunnelNanos for either side of a tunnel to say something
/// @param idleNanos that a connection is kept in the pool
/// @param queueNanos that a request waits for a connection
/// @param connections to one backend, over all loops
/// @param sendNanos for a client to take some of the response
/// @param uploadNanos for a client to bring some of its body: timeout_idle, since a silent uploader
///   is as good as an idle connection
/// @param leastSend bytes that a client must take in `sendNanos`
/// @param leastUpload bytes that a client must bring in `uploadNanos`: the same rate both ways, so
///   that one byte now and then does not hold a backend's connection
/// @param retries of a request that has been sent
/// @param ejection when failures take a backend out
/// @param proxy how a connection to a backend begins; unless OFF it carries one request only
/// @param orders by which fields a backend orders a file
record Limits(
    long connectNanos,
    long backendNanos,
    long tunnelNanos,
    long idleNanos,
    long queueNanos,
    int connections,
    long sendNanos,
    long uploadNanos,
    long leastSend,
    long leastUpload,
    int retries,
    Ejection ejection,
    BackendProxy proxy,
    OrderSettings orders) {

  static Limits of(Settings settings) {
    return new Limits(
        nanos(settings.timeoutConnectMillis()),
        nanos(settings.timeoutBackendMillis()),
        nanos(settings.timeoutTunnelMillis()),
        nanos(settings.backendIdleMillis()),
        nanos(settings.backendQueueTimeoutMillis()),
        settings.backendMaxconn(),
        nanos(settings.timeoutSendMillis()),
        nanos(settings.timeoutIdleMillis()),
        Progress.leastBytes(settings.sendRateMin(), settings.timeoutSendMillis()),
        Progress.leastBytes(settings.sendRateMin(), settings.timeoutIdleMillis()),
        settings.balancing().retries(),
        settings.balancing().ejection(),
        settings.backendProxy(),
        settings.orders());
  }

  /// Whether a connection carries one request only.
  boolean connectionEach() {
    return proxy != BackendProxy.OFF;
  }

  private static long nanos(long millis) {
    return millis * 1_000_000;
  }
}
