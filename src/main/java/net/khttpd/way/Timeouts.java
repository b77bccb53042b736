package net.khttpd.way;

import net.khttpd.settings.Settings;

/// The deadlines of a client's connection, in nanoseconds.
///
/// @param firstHead a new connection that sends nothing: the shorter of head and idle
/// @param head from a head's first byte to its last
/// @param idle between two requests
/// @param send without progress
/// @param lastRequest while draining, for a request that is on its way to us: what a client sends
///   on a connection of before the stop is answered
/// @param lookUp for a file that a hung file system does not open
record Timeouts(long firstHead, long head, long idle, long send, long lastRequest, long lookUp) {
  private static final long LAST_REQUEST_MILLIS = 500;

  static Timeouts of(Settings settings) {
    long head = nanos(settings.timeoutHeadMillis());
    long idle = nanos(settings.timeoutIdleMillis());
    long send = nanos(settings.timeoutSendMillis());
    return new Timeouts(
        Math.min(head, idle),
        head,
        idle,
        send,
        nanos(Math.min(LAST_REQUEST_MILLIS, settings.drainMillis() / 2)),
        nanos(settings.timeoutBackendMillis()));
  }

  private static long nanos(long millis) {
    return millis * 1_000_000;
  }
}
