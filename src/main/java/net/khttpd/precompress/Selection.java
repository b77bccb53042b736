package net.khttpd.precompress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;
import net.khttpd.http.ActiveExtensions;
import net.khttpd.http.ContentCoding;
import net.khttpd.http.MediaTypes;
import net.khttpd.settings.Settings;
import org.jspecify.annotations.Nullable;

/// Which files are worth a variant, by their names. Immutable.
///
/// Sources and secrets (the default of `active`) are left alone: `dump.sql` is never sent, but a
/// `dump.sql.gz` beside it could be.
final class Selection {
  /// What compresses, besides text and what is written in JSON or XML. Pictures, sound, video,
  /// archives and WOFF are compressed already.
  private static final Set<String> TYPES =
      Set.of(
          "application/ecmascript",
          "application/javascript",
          "application/json",
          "application/manifest+json",
          "application/vnd.ms-fontobject",
          "application/wasm",
          "application/xml",
          "application/x-javascript",
          "application/x-web-app-manifest+json",
          "font/otf",
          "font/ttf",
          "image/bmp",
          "image/svg+xml",
          "image/vnd.microsoft.icon",
          "image/x-icon",
          "image/x-ms-bmp");

  private final MediaTypes types = new MediaTypes(Map.of());
  private final ActiveExtensions active = new ActiveExtensions(Settings.defaults().active());

  /// Whether a directory is gone into.
  static boolean entered(String name) {
    return !name.startsWith(".") || name.equals(".well-known");
  }

  boolean takes(String name) {
    byte[] path = ("/" + name).getBytes(UTF_8);
    boolean never = name.startsWith(".") || codingOf(name) != null;
    return !never
        && !active.matchesAny(MemorySegment.ofArray(path), 0, path.length)
        && compresses(types.find("/" + name));
  }

  /// The coding whose variant a file is by its name, or null.
  static @Nullable ContentCoding codingOf(String name) {
    for (ContentCoding coding : ContentCoding.values()) {
      if (name.endsWith(coding.suffix()) && name.length() > coding.suffix().length()) {
        return coding;
      }
    }
    return null;
  }

  private boolean compresses(int index) {
    if (index == MediaTypes.UNKNOWN) {
      return false;
    }
    String type = new String(types.contentType(index), ISO_8859_1);
    return type.startsWith("text/")
        || type.endsWith("+json")
        || type.endsWith("+xml")
        || TYPES.contains(type);
  }
}
