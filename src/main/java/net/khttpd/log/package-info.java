/// Logging, the stage that always runs: events to stderr, requests to the access log. Neither ever
/// blocks a loop; what finds no room is counted and dropped.
@NullMarked
package net.khttpd.log;

import org.jspecify.annotations.NullMarked;
