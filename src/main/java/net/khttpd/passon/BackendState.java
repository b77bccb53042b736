package net.khttpd.passon;

/// How a backend is at a moment.
///
/// @param name as its setting names it
/// @param up false: its last connect failed
/// @param connections to it, of all loops, idle ones included
/// @param idle of them in the pools
public record BackendState(String name, boolean up, int connections, int idle) {}
