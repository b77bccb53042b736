package net.khttpd.precompress;

/// Hears how far a run is. Called by the thread that runs it.
public interface Progress {
  /// Tells nobody.
  Progress NONE = _ -> {};

  void told(Totals totals);

  /// Nothing more will be told.
  default void over() {}
}
