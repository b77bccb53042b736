package net.khttpd.settings;

/// What the operator wrote, quoted for a sentence: cut where it is long, control characters shown.
final class Quoted {
  private static final int LONGEST = 80;

  private Quoted() {}

  static String of(String text) {
    var quoted = new StringBuilder("'");
    text.chars()
        .limit(LONGEST)
        .forEach(c -> {
          if (Character.isISOControl(c)) {
            quoted.append(String.format("\\x%02x", c));
          } else {
            quoted.append((char) c);
          }
        });
    return quoted.append(text.length() > LONGEST ? "…'" : "'").toString();
  }
}
