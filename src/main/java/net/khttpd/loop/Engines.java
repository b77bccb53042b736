package net.khttpd.loop;

import net.khttpd.kernel.Errno;
import net.khttpd.kernel.KernelRefusal;
import net.khttpd.kernel.Ring;
import net.khttpd.kernel.Wakeup;
import org.jspecify.annotations.Nullable;

/// The choice between the two engines.
public final class Engines {
  private Engines() {}

  /// Why io_uring cannot be used here, in one sentence; null if it can.
  ///
  /// A small ring is made and closed again by the calling thread. At the memlock limit a first ring
  /// may still succeed where a second fails, so a loop must be ready to be refused later.
  public static @Nullable String whyNoRing() {
    String release = System.getProperty("os.version", "0");
    if (Integer.parseInt(release.split("\\.", 2)[0]) < 6) {
      return "io_uring lacks multishot receives before Linux 6.0 (this is " + release + ")";
    }
    try {
      new Ring(8, 16).close();
      return null;
    } catch (KernelRefusal e) {
      return sentence(e);
    }
  }

  /// Why a ring was refused, with the likely cause.
  public static String sentence(KernelRefusal refusal) {
    String cause =
        switch (refusal.errno()) {
          case Errno.EPERM ->
              "io_uring is forbidden here: a container's seccomp profile or kernel.io_uring_disabled";
          case Errno.ENOMEM ->
              "no memory for a ring: the memlock limit (ulimit -l) is too low or memory is short";
          case Errno.ENOSYS -> "this kernel has no io_uring, or one that is too old";
          default -> "the kernel refused a ring";
        };
    return cause + " (" + refusal.getMessage() + ")";
  }

  static Engine ring(Wakeup wakeup) {
    return new RingEngine(wakeup);
  }

  static Engine epoll(Wakeup wakeup) {
    return new EpollEngine(wakeup);
  }
}
