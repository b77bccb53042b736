/// The way of a request, on one page: calls the stages in the order in which a request meets them.
@NullMarked
package net.khttpd.way;

import org.jspecify.annotations.NullMarked;
