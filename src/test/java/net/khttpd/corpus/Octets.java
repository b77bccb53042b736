package net.khttpd.corpus;

import java.util.Locale;
import java.util.Random;
import net.khttpd.frontdoor.harness.Wire;

/// Bodies of cases, one char an octet.
final class Octets {
  private Octets() {}

  static String random(Random random, int length) {
    byte[] octets = new byte[length];
    random.nextBytes(octets);
    return Wire.text(octets);
  }

  /// The content in chunks of odd sizes, some with extensions, and the trailers.
  static String chunks(Random random, String content, String trailers) {
    var text = new StringBuilder();
    for (int at = 0; at < content.length(); ) {
      int most = content.length() - at;
      int size = 1 + random.nextInt(random.nextBoolean() ? most : Math.min(most, 2_000));
      String extension = random.nextInt(5) == 0 ? ";x=\"y;\\\"z\"" : "";
      String zeros = random.nextInt(5) == 0 ? "00" : "";
      String hex = Integer.toHexString(size);
      text.append(zeros).append(random.nextBoolean() ? hex : hex.toUpperCase(Locale.ROOT));
      text.append(extension).append("\r\n").append(content, at, at + size).append("\r\n");
      at += size;
    }
    return text.append(random.nextBoolean() ? "0" : "000").append("\r\n") + trailers + "\r\n";
  }
}
