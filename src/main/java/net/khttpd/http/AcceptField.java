package net.khttpd.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import java.util.Locale;

/// What Accept says of the two forms of a listing (RFC 9110 §12.5.1). Cold: only listings ask.
public final class AcceptField {
  /// Ranges looked at; what stands behind them is not preferred.
  private static final int MOST_RANGES = 64;

  private static final int NOT_NAMED = -1;

  /// How well one media type is liked, in thousandths, and how closely the range that says so names
  /// it: 3 itself, 2 its kind, 1 anything.
  private static final class Liking {
    final String type;
    int closeness;
    int quality = NOT_NAMED;

    Liking(String type) {
      this.type = type;
    }

    void hear(String range, int quality) {
      int named = closeness(range);
      if (named > closeness) {
        closeness = named;
        this.quality = quality;
      }
    }

    private int closeness(String range) {
      if (range.equals(type)) {
        return 3;
      }
      return range.equals(type.substring(0, type.indexOf('/') + 1) + "*")
          ? 2
          : range.equals("*/*") ? 1 : 0;
    }
  }

  private AcceptField() {}

  /// Whether JSON is liked better than HTML: by its quality or, at the same one, because it is the
  /// one that is named.
  public static boolean prefersJson(RequestHead head) {
    var json = new Liking("application/json");
    var html = new Liking("text/html");
    int left = MOST_RANGES;
    FieldSection fields = head.fields();
    for (int i = 0; i < fields.count() && left > 0; i++) {
      if (fields.name(i) == FieldName.ACCEPT) {
        for (String range : text(head, i).split(",", left + 1)) {
          hear(range, json, html);
          left--;
        }
      }
    }
    boolean asGood = json.quality == html.quality && json.closeness > html.closeness;
    return json.quality > 0 && (json.quality > html.quality || asGood);
  }

  private static void hear(String range, Liking json, Liking html) {
    String[] parts = range.split(";", -1);
    int quality = 1000;
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
      if (parameter.startsWith("q=")) {
        quality = quality(parameter.substring(2));
      }
    }
    String type = parts[0].strip().toLowerCase(Locale.ROOT);
    json.hear(type, quality);
    html.hear(type, quality);
  }

  /// `0` to `1` with three decimals (RFC 9110 §12.4.2), in thousandths; anything else is no liking.
  private static int quality(String text) {
    if (!text.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?")) {
      return 0;
    }
    String digits = (text + (text.indexOf('.') < 0 ? "." : "") + "000").substring(0, 5);
    return Integer.parseInt(digits.replace(".", ""));
  }

  private static String text(RequestHead head, int field) {
    int from = head.fields().valueStart(field);
    byte[] octets = new byte[head.fields().valueEnd(field) - from];
    MemorySegment.copy(
        head.bytes(), head.base() + from, MemorySegment.ofArray(octets), 0, octets.length);
    return new String(octets, ISO_8859_1);
  }
}
