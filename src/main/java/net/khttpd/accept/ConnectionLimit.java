package net.khttpd.accept;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// How many connections a server holds, over all its loops: never more than `maxconnect`, and of
/// one client address never more than `maxconnect_client` (0: no such limit). Thread-safe.
public final class ConnectionLimit {
  private record Address(long high, long low) {}

  private volatile int all;
  private volatile int ofOneClient;
  private final AtomicInteger held = new AtomicInteger();
  private final ConcurrentHashMap<Address, Integer> byClient = new ConcurrentHashMap<>();

  public ConnectionLimit(int all, int ofOneClient) {
    this.all = all;
    this.ofOneClient = ofOneClient;
  }

  /// Other limits hold from the next connection on; those beyond them stay.
  public void apply(int most, int mostOfOneClient) {
    all = most;
    ofOneClient = mostOfOneClient;
  }

  /// Takes a place if there is one.
  boolean take() {
    int now;
    do {
      now = held.get();
      if (now >= all) {
        return false;
      }
    } while (!held.compareAndSet(now, now + 1));
    return true;
  }

  void giveBack() {
    held.decrementAndGet();
  }

  public boolean limitsClients() {
    return ofOneClient > 0;
  }

  /// Counts a connection of this client; how many there are.
  int countOf(long high, long low) {
    return byClient.merge(new Address(high, low), 1, Integer::sum);
  }

  /// Takes a place of this client's own if there is one.
  boolean takeOf(long high, long low) {
    if (countOf(high, low) <= ofOneClient) {
      return true;
    }
    giveBackOf(high, low);
    return false;
  }

  void giveBackOf(long high, long low) {
    byClient.computeIfPresent(new Address(high, low), (_, n) -> n == 1 ? null : n - 1);
  }

  /// Connections held now.
  public int held() {
    return held.get();
  }
}
