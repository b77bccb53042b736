package net.khttpd.passon;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.khttpd.settings.BalanceKind;

/// The backends that one site passes on to, in the order of the settings, and how one is chosen
/// among them, by all loops together. A backend that is in several sets is the same one, with its
/// connections. Thread-safe.
///
/// Every way of choosing ranks all of them for a request, so that it is clear who is asked next: in
/// turn; by requests under way; or by a hash of request and backend (rendezvous hashing), where
/// each request has its own order of backends and another backend, more or less, changes nothing
/// for requests that did not have it first.
final class BackendSet {
  /// No backend.
  static final int NONE = -1;

  private final List<Backend> list;
  private final BalanceKind kind;
  private final int[] weights;
  private final int[] turns;
  private final AtomicInteger turn = new AtomicInteger();

  /// All alike, in turn.
  BackendSet(List<Backend> list) {
    this(list, BalanceKind.ROUND_ROBIN, list.stream().mapToInt(_ -> 1).toArray());
  }

  /// @param weights one for each
  BackendSet(List<Backend> list, BalanceKind kind, int[] weights) {
    this.list = List.copyOf(list);
    this.kind = kind;
    this.weights = weights.clone();
    turns = Turns.of(weights);
  }

  List<Backend> list() {
    return list;
  }

  boolean isEmpty() {
    return list.isEmpty();
  }

  BalanceKind kind() {
    return kind;
  }

  int weight(int index) {
    return weights[index];
  }

  /// Which of them has its turn.
  int next() {
    return list.size() < 2 ? 0 : turns[(turn.getAndIncrement() & Integer.MAX_VALUE) % turns.length];
  }

  /// The same, without taking the turn.
  int peek() {
    return list.size() < 2 ? 0 : turns[(turn.get() & Integer.MAX_VALUE) % turns.length];
  }

  /// The backend to ask first among those that are not passed over; [#NONE] if none is left.
  ///
  /// @param first whose turn it is
  /// @param key of the request, if it is chosen by a hash
  /// @param passed bits of those passed over, by index; beyond 64 some share a bit
  /// @param lastResort those that are out, else those that are up
  int best(int first, long key, long passed, boolean lastResort, long nowNanos) {
    int best = NONE;
    double least = 0;
    for (int i = 0; i < list.size(); i++) {
      int index = first + i < list.size() ? first + i : first + i - list.size();
      if ((passed & bit(index)) != 0 || !fits(list.get(index), lastResort, nowNanos)) {
        continue;
      }
      if (kind == BalanceKind.ROUND_ROBIN) {
        return index;
      }
      double cost = cost(index, key);
      if (best == NONE || cost < least) {
        best = index;
        least = cost;
      }
    }
    return best;
  }

  static long bit(int index) {
    return 1L << index; // of the index modulo 64
  }

  private static boolean fits(Backend backend, boolean lastResort, long nowNanos) {
    return switch (backend.health().standing(nowNanos)) {
      case UP, TRIAL -> !lastResort;
      case OUT -> lastResort;
      case DOWN, DRAINING -> false;
    };
  }

  private double cost(int index, long key) {
    return switch (kind) {
      case ROUND_ROBIN -> 0;
      case LEAST_CONNECTIONS -> (list.get(index).busy() + 1.0) / weights[index];
      case HASH_PATH, HASH_CLIENT -> draw(key, list.get(index).hash()) / weights[index];
    };
  }

  /// Exponentially distributed over the keys, so that the least of several, each divided by its
  /// weight, falls to each in proportion to the weights.
  private static double draw(long key, long hash) {
    double uniform = ((HashKey.mix(key ^ hash) >>> 11) + 0.5) * 0x1p-53;
    return -Math.log(uniform);
  }
}
