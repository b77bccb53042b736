package net.khttpd.settings;

/// Reading and printing of numbers: decimal, 0octal, 0xhex; sizes with a factor; seconds with
/// decimals.
final class Numbers {
  /// What a negative number is read as: every bound refuses it.
  private static final long NEGATIVE = -1;

  private Numbers() {}

  static long read(String text) throws BadValueException {
    if (text.startsWith("-") && isDigits(text.substring(1), 10)) {
      return NEGATIVE;
    }
    boolean hex = text.startsWith("0x") || text.startsWith("0X");
    boolean octal = !hex && text.length() > 1 && text.charAt(0) == '0';
    String digits = hex ? text.substring(2) : text;
    int radix = hex ? 16 : octal ? 8 : 10;
    if (!isDigits(digits, radix)) {
      throw new BadValueException(
          octal && isDigits(digits, 10)
              ? "begins with 0 and is therefore octal, but holds an 8 or 9"
              : "is not a whole number (decimal, 0octal or 0xhex)");
    }
    try {
      return Long.parseLong(digits, radix);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE; // all digits, so it is too large: every bound refuses it
    }
  }

  static long readSize(String text) throws BadValueException {
    int last = text.isEmpty() ? 0 : text.charAt(text.length() - 1);
    int shift =
        switch (last) {
          case 'k', 'K' -> 10;
          case 'm', 'M' -> 20;
          case 'g', 'G' -> 30;
          default -> 0;
        };
    String digits = shift == 0 ? text : text.substring(0, text.length() - 1);
    long number = readOr("is not a number of bytes, such as 65536 or 64K", digits);
    return number > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : number << shift;
  }

  /// The milliseconds of a number of seconds.
  static long readSeconds(String text) throws BadValueException {
    int point = text.indexOf('.');
    String whole = point < 0 ? text : text.substring(0, point);
    String decimals = point < 0 ? "" : text.substring(point + 1);
    boolean decimal = point > 0 && !decimals.isEmpty() && isDigits(decimals, 10);
    if (point >= 0 && !(decimal && decimals.length() <= 3 && isDigits(whole, 10))) {
      throw new BadValueException("is not a number of seconds with at most three decimals");
    }
    String digits = decimal ? whole.replaceFirst("^0+(?=.)", "") : whole;
    long seconds = readOr("is not a number of seconds, such as 10 or 0.5", digits);
    if (seconds > Long.MAX_VALUE / 2000) {
      return Long.MAX_VALUE;
    }
    return seconds * 1000 + (decimal ? Long.parseLong((decimals + "00").substring(0, 3)) : 0);
  }

  /// Reads a number; where there is none, says so in words that fit the kind.
  private static long readOr(String otherwise, String text) throws BadValueException {
    try {
      return read(text);
    } catch (BadValueException e) {
      throw text.matches("0[0-9]+") ? e : new BadValueException(otherwise, e);
    }
  }

  static String printSeconds(long millis) {
    String seconds = Long.toString(millis / 1000);
    long rest = millis % 1000;
    if (rest == 0) {
      return seconds;
    }
    String decimals = Long.toString(1000 + rest).substring(1);
    return seconds + "." + decimals.replaceFirst("0+$", "");
  }

  static long within(long value, Kind<?> kind, long least, long most) throws BadValueException {
    if (value < least || value > most) {
      throw new BadValueException("is out of bounds: it must be " + kind.form());
    }
    return value;
  }

  private static boolean isDigits(String text, int radix) {
    return !text.isEmpty() && text.chars().allMatch(c -> c < 128 && Character.digit(c, radix) >= 0);
  }
}
