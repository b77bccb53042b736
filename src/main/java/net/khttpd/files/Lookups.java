package net.khttpd.files;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/// Operations under way, one for each key, and who waits for them. Thread-safe.
final class Lookups<K> {
  /// What became of a request for the result.
  enum Joined {
    /// It waits, and nobody has begun: begin.
    FIRST,
    /// It waits with others.
    LATER,
    /// There is no room for one more.
    REFUSED
  }

  private final ConcurrentHashMap<K, Lookup> running = new ConcurrentHashMap<>();

  Joined join(K key, Executor mailbox, Waiter waiter) {
    var joined = new Joined[1];
    running.compute(
        key,
        (_, others) -> {
          Lookup lookup = others == null ? new Lookup() : others;
          Joined place = others == null ? Joined.FIRST : Joined.LATER;
          joined[0] = lookup.add(mailbox, waiter) ? place : Joined.REFUSED;
          return lookup;
        });
    return joined[0];
  }

  /// Gives the result to all who wait, whom nobody joins any more. The caller holds it retained.
  void deliver(K key, Entry result) {
    Lookup lookup = running.remove(key);
    if (lookup != null) {
      lookup.deliver(result);
    }
  }

  boolean isEmpty() {
    return running.isEmpty();
  }
}
