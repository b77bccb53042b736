package net.khttpd.top;

import java.util.Locale;

/// Numbers as people read them, in few columns.
final class Figures {
  private static final String[] BYTES = {"B", "kB", "MB", "GB", "TB"};

  private Figures() {}

  /// At most seven columns: `0`, `3.4`, `12,345`, `1.23 M`.
  static String count(double value) {
    if (value >= 1e9) {
      return decimals(2, value / 1e9) + " G";
    }
    if (value >= 1e6) {
      return decimals(2, value / 1e6) + " M";
    }
    if (value >= 10 || value == Math.rint(value)) {
      return decimals(0, value);
    }
    return decimals(value < 0.095 ? 2 : 1, value);
  }

  static String count(long value) {
    return count((double) value);
  }

  /// At most seven columns: `42 µs`, `1.2 ms`, `12 s`; `-` for nothing.
  static String time(long nanos) {
    double micros = nanos / 1e3;
    if (nanos == 0) {
      return "-";
    }
    if (micros < 999.5) {
      return decimals(micros < 9.95 ? 1 : 0, micros) + " µs";
    }
    if (micros < 999_500) {
      return decimals(micros < 9_950 ? 1 : 0, micros / 1e3) + " ms";
    }
    return decimals(micros < 9_950_000 ? 1 : 0, micros / 1e6) + " s";
  }

  /// `0.5 s`, `2 s`.
  static String seconds(long millis) {
    return decimals(millis % 1000 == 0 ? 0 : 1, millis / 1e3) + " s";
  }

  /// At most seven columns: `999 B`, `1.2 MB`.
  static String bytes(double value) {
    int unit = 0;
    double left = value;
    while (left >= 999.5 && unit < BYTES.length - 1) {
      left /= 1000;
      unit++;
    }
    return decimals(unit == 0 || left >= 99.5 ? 0 : 1, left) + " " + BYTES[unit];
  }

  /// At most seven columns: `99.2 %`.
  static String share(double value) {
    return decimals(1, 100 * value) + " %";
  }

  private static String decimals(int decimals, double value) {
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }
}
