package net.khttpd.passon;

import java.util.Locale;

/// Whether a backend may be asked.
enum Standing {
  /// It is asked.
  UP,
  /// Its time out is over: whoever wins the trial asks it ([Health#beginTrial]).
  TRIAL,
  /// It failed too often of late: asked only if all others are out, too.
  OUT,
  /// Its checks fail: not asked.
  DOWN,
  /// The operator takes it out: not asked.
  DRAINING;

  /// The word of the statistics.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
