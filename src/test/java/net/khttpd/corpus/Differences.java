package net.khttpd.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import net.khttpd.corpus.Message.Field;

/// Compares what came directly with what came through us: the same, but for the documented
/// differences, see [Difference].
public final class Differences {
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "te",
          "transfer-encoding",
          "upgrade",
          "http2-settings");
  private static final Set<String> OURS =
      Set.of(
          "proxy",
          "x-forwarded-for",
          "x-forwarded-proto",
          "x-forwarded-host",
          "x-real-ip",
          "forwarded",
          "x-request-id",
          "host");
  private static final Set<String> FORBIDDEN_TRAILERS = Set.of("content-length");
  private static final String ABSOLUTE = "http://front.test";

  private Differences() {}

  /// What the backend received.
  static void assertSameRequest(Message directly, Message throughUs) {
    assertEquals(requestLine(directly.start()), throughUs.start());
    List<String> fields = fields(directly, OURS);
    fields.removeIf(f -> f.startsWith("Via: "));
    List<String> ours = fields(throughUs, OURS);
    ours.removeIf(f -> f.startsWith("Via: "));
    assertEquals(fields, ours);
    assertWhoAsked(directly, throughUs);
    assertEquals(directly.chunked(), throughUs.chunked(), "framing of the request");
    assertEquals(trailers(directly), trailers(throughUs));
    assertEquals(hash(directly.body()), hash(throughUs.body()), "body of the request");
    assertTrue(throughUs.complete());
  }

  private static String requestLine(String directly) {
    String[] words = directly.split(" ", 3);
    String target =
        words[1].startsWith(ABSOLUTE) ? words[1].substring(ABSOLUTE.length()) : words[1];
    return words[0] + " " + target + " HTTP/1.1";
  }

  private static void assertWhoAsked(Message directly, Message throughUs) {
    List<String> host = directly.all("Host");
    if (directly.start().contains(" " + ABSOLUTE)) {
      host = List.of("front.test");
    }
    assertEquals(1, throughUs.all("Host").size(), "lines of Host");
    if (!host.isEmpty()) {
      assertEquals(host, throughUs.all("Host"));
      assertEquals(host, throughUs.all("X-Forwarded-Host"));
    }
    assertEquals(List.of("127.0.0.1"), throughUs.all("X-Forwarded-For"));
    assertEquals(List.of("http"), throughUs.all("X-Forwarded-Proto"));
    assertEquals(1, throughUs.all("Forwarded").size(), "lines of Forwarded");
    List<String> via = throughUs.all("Via");
    assertEquals(directly.all("Via"), via.subList(0, via.size() - 1));
    String version = directly.start().endsWith("HTTP/1.0") ? "1.0 " : "1.1 ";
    assertTrue(via.getLast().startsWith(version), via::toString);
  }

  /// What the client received.
  ///
  /// @param minorVersion the client's
  /// @param bare whether the answer can have no body
  static void assertSameAnswer(
      Message directly, Message throughUs, int minorVersion, boolean bare) {
    assertSameHead(directly, throughUs);
    assertEquals(hash(directly.body()), hash(throughUs.body()), "body of the answer");
    assertTrue(throughUs.complete(), "the answer is cut");
    boolean chunks = directly.chunked() || !directly.has("Content-Length");
    if (!bare) {
      assertEquals(chunks && minorVersion > 0, throughUs.chunked(), "framing of the answer");
    }
    assertEquals(
        minorVersion > 0 ? trailers(directly) : List.of(), trailers(throughUs), "trailers");
  }

  static void assertSameHead(Message directly, Message throughUs) {
    assertEquals(statusLine(directly.start()), throughUs.start());
    assertEquals(fields(directly, Set.of()), fields(throughUs, Set.of()));
  }

  private static String statusLine(String directly) {
    String rest = directly.substring("HTTP/1.x".length());
    return "HTTP/1.1" + (rest.length() == " 200".length() ? rest + " " : rest);
  }

  private static List<String> fields(Message message, Set<String> besides) {
    var kept = new ArrayList<String>();
    for (Field field : message.fields()) {
      String name = field.name().toLowerCase(Locale.ROOT);
      boolean left = HOP_BY_HOP.contains(name) || besides.contains(name) || name.equals("trailer");
      if (!left && !message.lists("Connection", name)) {
        kept.add(field.toString());
      }
    }
    return kept;
  }

  private static List<String> trailers(Message message) {
    return message.trailers().stream()
        .filter(f -> !FORBIDDEN_TRAILERS.contains(f.name().toLowerCase(Locale.ROOT)))
        .map(Field::toString)
        .toList();
  }

  static String hash(byte[] body) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
      return body.length + " " + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
