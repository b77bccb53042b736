/// Decides what happens to a request: numbered rules, pure judgements, one sealed outcome.
@NullMarked
package net.khttpd.decide;

import org.jspecify.annotations.NullMarked;
