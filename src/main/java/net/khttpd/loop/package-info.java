/// One platform thread per loop: engine, timers, connection table.
@NullMarked
package net.khttpd.loop;

import org.jspecify.annotations.NullMarked;
