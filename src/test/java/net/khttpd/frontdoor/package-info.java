/// Front-door tests: raw bytes through real sockets, one behaviour a file, each on both engines.
@NullMarked
package net.khttpd.frontdoor;

import org.jspecify.annotations.NullMarked;
