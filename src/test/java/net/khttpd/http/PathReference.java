package net.khttpd.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What [RequestPath] must say of a path, written the plain way, over strings with a char per byte.
record PathReference(String decoded, String canonical, int flags) {
  static PathReference of(String raw) {
    if (!raw.startsWith("/")) {
      return new PathReference("", "", RequestPath.NOT_ABSOLUTE);
    }
    StringBuilder decoded = new StringBuilder();
    int flags = 0;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c != '%') {
        flags |= flagOfRaw(c);
        decoded.append(c);
        continue;
      }
      String escape = raw.substring(i, Math.min(raw.length(), i + 3));
      if (!escape.matches("%[0-9a-fA-F]{2}") || escape.equals("%00")) {
        return new PathReference("", "", RequestPath.BAD_ESCAPE);
      }
      char value = (char) Integer.parseInt(escape.substring(1), 16);
      flags |= value == '/' || value == '\\' ? RequestPath.ENCODED_SLASH : 0;
      flags |= value < 32 || value == 127 ? RequestPath.CONTROL : 0;
      decoded.append(value);
      i += 2;
    }
    flags |= isUtf8(decoded.toString()) ? 0 : RequestPath.NOT_UTF8;
    return normalise(decoded.toString(), flags);
  }

  private static int flagOfRaw(char c) {
    if (c < 32 || c == 127) {
      return RequestPath.CONTROL;
    }
    if (c == '\\') {
      return RequestPath.BACKSLASH;
    }
    return c >= 128 || " \"#<>?^`{|}".indexOf(c) >= 0 ? RequestPath.RAW_SPECIAL : 0;
  }

  private static PathReference normalise(String decoded, int given) {
    int flags = given;
    String[] segments = decoded.substring(1).split("/", -1);
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < segments.length; i++) {
      String segment = segments[i];
      switch (segment) {
        case "" -> flags |= i < segments.length - 1 ? RequestPath.EMPTY_SEGMENT : 0;
        case "." -> {}
        case ".." -> {
          flags |= RequestPath.DOT_DOT | (kept.isEmpty() ? RequestPath.CLIMBS : 0);
          if (!kept.isEmpty()) {
            kept.removeLast();
          }
        }
        default -> {
          boolean hidden = segment.startsWith(".") && !segment.equals(".well-known");
          flags |= hidden ? RequestPath.DOT_SEGMENT : 0;
          kept.add(segment);
        }
      }
    }
    boolean directory = List.of("", ".", "..").contains(segments[segments.length - 1]);
    flags |= directory ? RequestPath.DIRECTORY : 0;
    String joined = "/" + String.join("/", kept);
    String canonical = directory && !kept.isEmpty() ? joined + "/" : joined;
    return new PathReference(decoded, canonical, flags);
  }

  private static boolean isUtf8(String latin) {
    try {
      byte[] bytes = latin.getBytes(StandardCharsets.ISO_8859_1);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).limit() >= 0;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
