/// Passes requests on to backends by relaying.
@NullMarked
package net.khttpd.passon;

import org.jspecify.annotations.NullMarked;
