package net.khttpd.files;

import java.util.function.LongSupplier;

/// The time, as the caches of a server are told it.
///
/// @param nanoTime the clock of [View#fresh]'s `nowNanos`
/// @param epochMillis wall clock
public record Clocks(LongSupplier nanoTime, LongSupplier epochMillis) {
  public static final Clocks SYSTEM = new Clocks(System::nanoTime, System::currentTimeMillis);

  long nanos() {
    return nanoTime.getAsLong();
  }

  long millis() {
    return epochMillis.getAsLong();
  }
}
