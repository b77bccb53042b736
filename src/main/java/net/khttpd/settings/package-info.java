/// The settings tree `net.khttpd.*`: what can be set (one declaration each), how it is written and
/// read, and the immutable snapshot the server reads. Used by every floor; knows none of them but
/// the log's format.
@NullMarked
package net.khttpd.settings;

import org.jspecify.annotations.NullMarked;
