package net.khttpd.frontdoor.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One response as it came: the raw head, its fields in order, and the body with its framing
/// removed. `complete` is false when the connection ended before the framing said so.
public record Answer(String head, byte[] body, boolean complete) {
  public String statusLine() {
    return head.substring(0, head.indexOf("\r\n"));
  }

  public int status() {
    return Integer.parseInt(statusLine().substring(9, 12));
  }

  public boolean has(String name) {
    return !all(name).isEmpty();
  }

  /// The only value of this field; none when absent; a field that comes twice fails the test.
  public Optional<String> field(String name) {
    List<String> values = all(name);
    if (values.size() > 1) {
      throw new AssertionError(name + " came " + values.size() + " times in " + head);
    }
    return values.stream().findFirst();
  }

  public List<String> all(String name) {
    return values(head, name);
  }

  public String text() {
    return Wire.text(body);
  }

  public boolean saysClose() {
    return all("Connection").stream().anyMatch(v -> v.toLowerCase(Locale.ROOT).contains("close"));
  }

  @Override
  public String toString() {
    return head.replace("\r\n", " | ") + Wire.shown(body) + (complete ? "" : " (cut)");
  }

  /// The values of a field in a head, in order; names compare without case.
  static List<String> values(String head, String name) {
    var found = new ArrayList<String>();
    for (String line : head.split("\r\n")) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
        found.add(line.substring(colon + 1).strip());
      }
    }
    return found;
  }
}
