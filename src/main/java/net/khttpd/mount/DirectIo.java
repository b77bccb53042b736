package net.khttpd.mount;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import org.cryptomator.jfuse.api.FuseConfig;
import org.jspecify.annotations.Nullable;

/// Lets the kernel keep no copy of what is read: `direct_io` of `struct fuse_config` (fuse.h).
///
/// Without it a value longer than the size we report would be cut, a reader could get what another
/// has read before, and reading `stop` would wait for a write to it. jfuse shows the field, but has
/// no way to set it; its address is in a record that `./khttpd` opens to us (--add-opens). That the
/// right field was set is read back through jfuse's own interface.
final class DirectIo {
  /// Six ints, three doubles, six ints before it: the same since libfuse 3.0, on x86-64 and
  /// aarch64.
  private static final long DIRECT_IO = 72;

  private DirectIo() {}

  /// Sets it; why not, or null.
  static @Nullable String set(FuseConfig config) {
    try {
      Method address = config.getClass().getDeclaredMethod("segment");
      address.setAccessible(true);
      MemorySegment struct = (MemorySegment) address.invoke(config);
      struct.set(JAVA_INT, DIRECT_IO, 1);
    } catch (ReflectiveOperationException | RuntimeException e) {
      return "this JVM lacks the option --add-opens that ./khttpd gives it for jfuse (" + e + ")";
    }
    return config.directIo() == 1 ? null : "this jfuse has another struct fuse_config";
  }
}
