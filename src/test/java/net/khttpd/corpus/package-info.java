/// A corpus of generated requests and answers, each sent to a backend directly and through us: what
/// differs is what the documentation says.
@NullMarked
package net.khttpd.corpus;

import org.jspecify.annotations.NullMarked;
