package net.khttpd.files;

/// The hashes of paths that left before anybody asked for them twice: who comes back soon was sent
/// away too early. Remembers about as many as there may be entries, and forgets the oldest; a hash
/// that falls on another's place replaces it. Guarded by the [Room] it is of.
final class Ghosts {
  private static final int[] NONE = {};

  private final int most;
  private int[] hashes = NONE; // made when the first leaves: most servers never need it
  private int[] departures = NONE;
  private int departed;

  Ghosts(int most) {
    this.most = most;
  }

  void left(int hash) {
    if (hashes.length == 0) {
      int places = Integer.highestOneBit(Math.max(most, 8) - 1) << 1;
      hashes = new int[places];
      departures = new int[places];
    }
    int at = place(hash);
    hashes[at] = hash;
    departures[at] = ++departed;
  }

  /// Whether it left lately; it is forgotten by being asked for.
  boolean recalls(int hash) {
    if (hashes.length == 0) {
      return false;
    }
    int at = place(hash);
    boolean known = hashes[at] == hash && departures[at] != 0 && departed - departures[at] < most;
    if (known) {
      departures[at] = 0;
    }
    return known;
  }

  private int place(int hash) {
    return (hash ^ hash >>> 16) & (hashes.length - 1);
  }
}
