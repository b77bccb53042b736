/// What must hold of the whole repository.
@NullMarked
package net.khttpd;

import org.jspecify.annotations.NullMarked;
