/// Sends answers: a batch in one buffer, bodies from memory or by sendfile.
@NullMarked
package net.khttpd.send;

import org.jspecify.annotations.NullMarked;
