/// What only time, numbers and hostile load bring to light: proofs against a server in a process of
/// its own.
@NullMarked
package net.khttpd.endurance;

import org.jspecify.annotations.NullMarked;
