/// The settings and statistics as files, as the original had them below /proc: a directory shown
/// through FUSE by jfuse and libfuse3. What is read and written comes from a [Source], so the same
/// files stand before the server of this JVM and before one that is reached by its control socket.
///
/// jfuse's classes are touched only here, and loaded when something is mounted.
@NullMarked
package net.khttpd.mount;

import org.jspecify.annotations.NullMarked;
