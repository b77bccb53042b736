package net.khttpd.client;

import net.khttpd.http.FileOrder;

/// An answer that a backend has given away to be made from a file, on its way to being decided.
///
/// @param asked the head of the request
/// @param keepAlive whether the connection may go on afterwards
/// @param backend that ordered it, for the log
/// @param requestId of the request; empty if it has none
@SuppressWarnings("ArrayRecordComponent") // never written to, and never compared as a record
public record Ordered(
    FileOrder order, byte[] asked, boolean keepAlive, byte[] backend, byte[] requestId) {}
