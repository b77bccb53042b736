/// The kernel floor: FFM, rings, epoll, sockets, files. The only package that may use Linker,
/// SymbolLookup, reinterpret and arenas.
@NullMarked
package net.khttpd.kernel;

import org.jspecify.annotations.NullMarked;
