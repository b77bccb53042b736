package net.khttpd.frontdoor.harness;

import java.util.List;
import java.util.Optional;

/// One complete request as the backend saw it: raw head, body with its framing removed, trailers.
public record Received(int connection, String head, byte[] body, String trailers) {
  public String requestLine() {
    return head.substring(0, head.indexOf("\r\n"));
  }

  public List<String> all(String name) {
    return Answer.values(head, name);
  }

  public Optional<String> field(String name) {
    List<String> values = all(name);
    if (values.size() > 1) {
      throw new AssertionError(name + " came " + values.size() + " times in " + head);
    }
    return values.stream().findFirst();
  }

  public boolean has(String name) {
    return !all(name).isEmpty();
  }

  public String text() {
    return Wire.text(body);
  }
}
