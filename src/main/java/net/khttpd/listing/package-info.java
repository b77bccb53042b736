/// Writes the listing of a directory, for people and for programs. Values in, text out; everything
/// that a file's name could do to a page is undone here and only here.
@NullMarked
package net.khttpd.listing;

import org.jspecify.annotations.NullMarked;
