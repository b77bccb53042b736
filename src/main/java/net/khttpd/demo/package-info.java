/// `./khttpd demo`: a small site of files, a backend for what is not a file, and the two joined by
/// kHTTPd, so that a visitor can see who answers what.
@NullMarked
package net.khttpd.demo;

import org.jspecify.annotations.NullMarked;
