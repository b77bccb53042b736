package net.khttpd.passon;

/// The order of turns by weights, each backend's spread evenly over the whole (smooth weighted
/// round robin, as nginx and HAProxy have it). Stateless.
final class Turns {
  /// The longest round; beyond it small weights are rounded up.
  private static final int MOST = 1 << 16;

  private Turns() {}

  /// Indices in the order of their turns.
  static int[] of(int[] weights) {
    int[] shares = shares(weights);
    int sum = 0;
    for (int share : shares) {
      sum += share;
    }
    int[] turns = new int[sum];
    boolean alike = sum == shares.length;
    int[] credit = new int[shares.length];
    for (int turn = 0; turn < sum; turn++) {
      turns[turn] = alike ? turn : richest(credit, shares, sum);
    }
    return turns;
  }

  private static int richest(int[] credit, int[] shares, int sum) {
    int richest = 0;
    for (int i = 0; i < shares.length; i++) {
      credit[i] += shares[i];
      richest = credit[i] > credit[richest] ? i : richest;
    }
    credit[richest] -= sum;
    return richest;
  }

  private static int[] shares(int[] weights) {
    int divisor = 0;
    long sum = 0;
    for (int weight : weights) {
      divisor = gcd(divisor, weight);
      sum += weight;
    }
    if (divisor > 0 && sum / divisor > MOST) {
      divisor = (int) (sum / MOST) + 1;
    }
    int[] shares = new int[weights.length];
    for (int i = 0; i < weights.length; i++) {
      shares[i] = Math.max(1, weights[i] / Math.max(1, divisor));
    }
    return shares;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
