/// A client's connection as it moves through the stages, and what a loop gives every stage.
@NullMarked
package net.khttpd.client;

import org.jspecify.annotations.NullMarked;
