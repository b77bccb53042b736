/// The way of a request, on one page: calls the stages in the order in which a request meets them.
/// Around it, the events of a client's connection, its deadlines and its end.
@NullMarked
package net.khttpd.way;

import org.jspecify.annotations.NullMarked;
