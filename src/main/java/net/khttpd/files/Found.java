package net.khttpd.files;

/// The facts of a cold look-up and how they were reached.
///
/// @param generation of the document root they were found beneath
/// @param direct no link on the way, so that the path can be re-checked by the shortest call
/// @param local on a file system that does not ask a network or another process
record Found(Facts facts, int generation, boolean direct, boolean local) {}
