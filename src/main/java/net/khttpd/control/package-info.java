/// The settings tree, the lifecycle, the command line.
@NullMarked
package net.khttpd.control;

import org.jspecify.annotations.NullMarked;
