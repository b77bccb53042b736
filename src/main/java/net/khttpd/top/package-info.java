/// `khttpd top`: the statistics of a running server as a view that refreshes. Knows them by their
/// names only, as any program that reads `sysctl net.khttpd.stats`.
@NullMarked
package net.khttpd.top;

import org.jspecify.annotations.NullMarked;
