package net.khttpd.way;

import net.khttpd.client.Progress;

/// What the events of clients keep to, as the settings have it: replaced as a whole by a change.
/// Made and used on one loop.
record Terms(Timeouts timeouts, Progress progress, RequestLog log) {}
