/// Against the real world: Apache, nginx, HAProxy, curl and Chromium, and `./khttpd` as a black
/// box.
@NullMarked
package net.khttpd.real;

import org.jspecify.annotations.NullMarked;
