package net.khttpd.files;

/// Waits for a cold look-up.
public interface Waiter {
  /// Called once, through the executor given to [FileCache#view], on the loop's thread. The entry
  /// (of any [Kind]) is valid until this returns; whoever needs it longer retains it.
  void found(Entry entry);
}
