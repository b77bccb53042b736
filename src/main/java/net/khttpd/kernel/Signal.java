package net.khttpd.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// signal(7), as far as Java has no door to it. Cold.
public final class Signal {
  private static final long SIG_DFL = 0;

  private static final MethodHandle SIGNAL = Native.bind("signal");

  private Signal() {}

  /// signal(2): gives the signal its default action back, when who started us had it ignored.
  public static void byDefault(int number) {
    MemorySegment errno = Native.capture();
    long _ = Native.callLong(SIGNAL, errno, number, SIG_DFL, 0, 0);
  }
}
