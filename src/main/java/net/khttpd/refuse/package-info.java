/// Errors and redirects that we answer ourselves.
@NullMarked
package net.khttpd.refuse;

import org.jspecify.annotations.NullMarked;
