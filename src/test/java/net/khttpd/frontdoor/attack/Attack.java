package net.khttpd.frontdoor.attack;

import net.khttpd.frontdoor.harness.Wire;

/// One row: bytes for one connection, and what must come of them. `@T` in the text stands for the
/// target, so that one row is tried on a static file and on a dynamic name.
///
/// @param id the number in `peers.md` C
/// @param alone without a backend, `@T` being a static file
/// @param onStatic with a backend, `@T` being a static file
/// @param onDynamic with a backend, `@T` being a name that is passed on
public record Attack(
    String id, String name, String text, Outcome alone, Outcome onStatic, Outcome onDynamic) {
  /// A file of the site.
  public static final String STATIC = "/hello.txt";

  /// A name that the rules pass on.
  public static final String DYNAMIC = "/app.cgi";

  /// Follows every row on the same connection: answered if, and only if, the connection goes on.
  public static final String MARKER =
      "GET /marker.txt HTTP/1.1\r\nHost: front.test\r\nConnection: close\r\n\r\n";

  /// The bytes without the marker, `@T` being this target.
  public byte[] bytes(String target) {
    return Wire.bytes(text.replace("@T", target));
  }

  /// Both targets differ only where the text names a target.
  public boolean hasTarget() {
    return text.contains("@T");
  }

  @Override
  public String toString() {
    return id + " " + name;
  }
}
