/// Makes the compressed variants of a tree of files that the server sends in their place: `khttpd
/// precompress`. Runs beside a server or without one.
@NullMarked
package net.khttpd.precompress;

import org.jspecify.annotations.NullMarked;
