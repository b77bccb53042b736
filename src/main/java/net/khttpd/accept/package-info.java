/// Accepts connections and keeps their number.
@NullMarked
package net.khttpd.accept;

import org.jspecify.annotations.NullMarked;
