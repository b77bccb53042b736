package net.khttpd.top;

import java.util.ArrayDeque;

/// The last requests per second, as a row of columns. Used by one thread.
final class History {
  private static final int KEPT = 120;

  private final ArrayDeque<Double> rates = new ArrayDeque<>();

  void add(double rate) {
    rates.addLast(rate);
    if (rates.size() > KEPT) {
      rates.removeFirst();
    }
  }

  /// The last of them in at most so many columns, the present one last.
  String text(Paint paint, int columns) {
    double most = rates.stream().mapToDouble(rate -> rate).max().orElse(0);
    var text = new StringBuilder();
    rates.stream()
        .skip(Math.max(0, rates.size() - Math.max(0, columns)))
        .forEach(rate -> text.append(paint.column(most > 0 ? rate / most : 0)));
    return text.toString();
  }
}
