/// Every attack we know as a row of bytes with what must come of it; see `peers.md` C1, C2, C5.
@NullMarked
package net.khttpd.frontdoor.attack;

import org.jspecify.annotations.NullMarked;
