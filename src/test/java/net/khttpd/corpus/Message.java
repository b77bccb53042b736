package net.khttpd.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import net.khttpd.frontdoor.harness.Wire;

/// A request or an answer as it came: its start line, its fields in order, and its body and
/// trailers with the framing removed. `complete` is false when the connection ended before the
/// framing said so.
///
/// @param chunked how the body was framed; an answer without length and chunks ends by close
public record Message(
    String start,
    List<Field> fields,
    byte[] body,
    List<Field> trailers,
    boolean chunked,
    boolean complete) {
  /// One field line; compared by the octets of both halves.
  public record Field(String name, String value) {
    static Field of(String line) {
      int colon = line.indexOf(':');
      return new Field(line.substring(0, colon), strip(line.substring(colon + 1)));
    }

    /// OWS is no part of the value (RFC 9110 §5.5); other blanks are.
    private static String strip(String value) {
      int from = 0;
      int to = value.length();
      while (from < to && isBlank(value.charAt(from))) {
        from++;
      }
      while (to > from && isBlank(value.charAt(to - 1))) {
        to--;
      }
      return value.substring(from, to);
    }

    private static boolean isBlank(char c) {
      return c == ' ' || c == '\t';
    }

    boolean is(String other) {
      return name.equalsIgnoreCase(other);
    }

    @Override
    public String toString() {
      return name + ": " + Wire.shown(Wire.bytes(value));
    }
  }

  static List<Field> fields(String section) {
    var fields = new ArrayList<Field>();
    for (String line : section.split("\r\n")) {
      if (!line.isEmpty()) {
        fields.add(Field.of(line));
      }
    }
    return fields;
  }

  public int status() {
    return Integer.parseInt(start.substring(9, 12));
  }

  List<String> all(String name) {
    return fields.stream().filter(f -> f.is(name)).map(Field::value).toList();
  }

  boolean has(String name) {
    return fields.stream().anyMatch(f -> f.is(name));
  }

  /// Whether a comma-separated list holds this word.
  boolean lists(String name, String word) {
    return all(name).stream()
        .flatMap(value -> List.of(value.toLowerCase(Locale.ROOT).split("[ \t]*,[ \t]*")).stream())
        .anyMatch(word::equals);
  }

  @Override
  public String toString() {
    return Wire.shown(Wire.bytes(start))
        + " "
        + fields
        + " "
        + body.length
        + (chunked ? " chunked" : "")
        + (trailers.isEmpty() ? "" : " trailers " + trailers)
        + (complete ? "" : " (cut)");
  }
}
