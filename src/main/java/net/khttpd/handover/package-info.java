/// Hands a client's socket to a local daemon together with the request that was to be passed on.
@NullMarked
package net.khttpd.handover;

import org.jspecify.annotations.NullMarked;
