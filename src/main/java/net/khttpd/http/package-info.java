/// Values of HTTP/1: heads, dates, conditions, media types, framing of bodies. Pure: no I/O, no
/// clock.
@NullMarked
package net.khttpd.http;

import org.jspecify.annotations.NullMarked;
