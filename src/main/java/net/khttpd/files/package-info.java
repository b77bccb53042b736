/// The document root, the shared cache of open files and bodies, and its freshness.
@NullMarked
package net.khttpd.files;

import org.jspecify.annotations.NullMarked;
