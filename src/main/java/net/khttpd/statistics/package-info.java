/// The figures of a server as one tree of names, read from what the loops count.
@NullMarked
package net.khttpd.statistics;

import org.jspecify.annotations.NullMarked;
