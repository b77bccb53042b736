package net.khttpd.passon;

/// How a backend is at a moment.
///
/// @param name as its setting names it
/// @param state `up`; `out` after failures, `trial` when that time is over; `down` by its checks;
///   `draining`; `unresolved` if its name has no address
/// @param up the first of these
/// @param connections to it, of all loops, idle ones included
/// @param idle of them in the pools
/// @param weight how many requests it gets, compared with others
public record BackendState(
    String name, String state, boolean up, int connections, int idle, int weight) {}
