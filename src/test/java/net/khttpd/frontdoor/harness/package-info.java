/// What front-door tests stand on: a raw client, a scripted backend, a document root, the server.
@NullMarked
package net.khttpd.frontdoor.harness;

import org.jspecify.annotations.NullMarked;
