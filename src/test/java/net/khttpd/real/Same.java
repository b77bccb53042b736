package net.khttpd.real;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import net.khttpd.frontdoor.harness.Answer;

/// Compares the answer of a backend asked directly with the one through us.
final class Same {
  /// Of one connection (RFC 9110 §7.6.1), or of the moment in which the answer was made: Apache
  /// announces the length of a script's output only if the script was quick.
  private static final Set<String> MAY_DIFFER =
      Set.of("connection", "keep-alive", "transfer-encoding", "date", "content-length");

  /// Of a file: what both must say of it. Server and ETag are each server's own.
  private static final String[] OF_A_FILE = {"Content-Type", "Content-Length", "Last-Modified"};

  private Same() {}

  /// Passed on: everything is the backend's.
  static void passedOn(Answer directly, Answer throughUs) {
    assertEquals(fields(directly), fields(throughUs));
    passedOnTwice(directly, throughUs);
  }

  /// The same with HAProxy between, which writes all names of fields in lower case.
  static void passedOnTwice(Answer directly, Answer throughUs) {
    assertEquals(directly.statusLine(), throughUs.statusLine());
    assertEquals(lowerCase(directly), lowerCase(throughUs));
    if (directly.has("Content-Length") && throughUs.has("Content-Length")) {
      assertEquals(directly.field("Content-Length"), throughUs.field("Content-Length"));
    }
    assertTrue(throughUs.has("Date"), throughUs::toString);
    assertBody(directly, throughUs);
  }

  /// Served by us: the same file in our words.
  static void served(Answer directly, Answer throughUs) {
    assertEquals("khttpd", throughUs.field("Server").orElse(""), throughUs::toString);
    assertEquals(directly.status(), throughUs.status());
    assertEquals(directly.field("Content-Range"), throughUs.field("Content-Range"));
    if (directly.status() == 304) {
      assertEquals(0, throughUs.body().length);
      return;
    }
    if (directly.status() >= 400) {
      return; // each has its own words
    }
    for (String name : OF_A_FILE) {
      assertEquals(directly.field(name), throughUs.field(name), name);
    }
    assertTrue(throughUs.has("ETag"), throughUs::toString);
    assertBody(directly, throughUs);
  }

  private static void assertBody(Answer directly, Answer throughUs) {
    assertTrue(directly.complete() && throughUs.complete(), "a body was cut");
    assertArrayEquals(directly.body(), throughUs.body());
  }

  private static List<String> lowerCase(Answer answer) {
    return fields(answer).stream().map(f -> f.toLowerCase(Locale.ROOT)).toList();
  }

  private static List<String> fields(Answer answer) {
    return Stream.of(answer.head().split("\r\n"))
        .skip(1)
        .filter(f -> !MAY_DIFFER.contains(f.split(":", 2)[0].toLowerCase(Locale.ROOT)))
        .map(String::strip) // blanks around a value are no part of it (RFC 9110 §5.5)
        .toList();
  }
}
