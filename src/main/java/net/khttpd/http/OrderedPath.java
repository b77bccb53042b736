package net.khttpd.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/// Where a file lies that an application has ordered: the canonical path beneath the directory of
/// such files, or why there is none. Pure.
///
/// Escapes are resolved once, as nginx does with `X-Accel-Redirect`, and Apache's mod_xsendfile and
/// lighttpd with `X-Sendfile`; a `%` without two hexadecimal digits stands for itself. No segment
/// may be `..`, even where it would stay inside.
///
/// @param bytes with a slash before each segment; empty if there is none
/// @param fault why there is none, for the log; empty if there is one
@SuppressWarnings("ArrayRecordComponent") // never written to, and never compared as a record
public record OrderedPath(byte[] bytes, String fault) {
  /// PATH_MAX of Linux with its zero byte.
  private static final int LONGEST = 4095;

  /// @param root absolute, as its setting says
  public static OrderedPath of(FileOrder order, String root) {
    String name = order.name();
    if (order.uri() && name.indexOf('?') >= 0) {
      name = name.substring(0, name.indexOf('?'));
    }
    byte[] decoded = decode(name);
    String path = new String(decoded, ISO_8859_1);
    String within = new String(root.getBytes(UTF_8), ISO_8859_1);
    while (within.endsWith("/")) {
      within = within.substring(0, within.length() - 1);
    }
    if (path.startsWith(within + "/")) {
      path = path.substring(within.length());
    } else if (path.startsWith("/") && !order.uri()) {
      return none("it is absolute and not beneath internal_root");
    }
    return beneath(path);
  }

  private static OrderedPath beneath(String path) {
    var canonical = new StringBuilder();
    for (String segment : path.split("/", -1)) {
      if (segment.equals("..")) {
        return none("it has a segment ..");
      }
      if (!segment.isEmpty() && !segment.equals(".")) {
        canonical.append('/').append(segment);
      }
    }
    if (canonical.isEmpty() || path.endsWith("/") || path.endsWith("/.")) {
      return none("it names a directory");
    }
    if (canonical.indexOf("\0") >= 0) {
      return none("it has a zero byte");
    }
    if (canonical.length() > LONGEST) {
      return none("it is longer than a path may be");
    }
    return new OrderedPath(canonical.toString().getBytes(ISO_8859_1), "");
  }

  private static OrderedPath none(String fault) {
    return new OrderedPath(new byte[0], fault);
  }

  private static byte[] decode(String name) {
    var out = new ByteArrayOutputStream(name.length());
    for (int i = 0; i < name.length(); i++) {
      char octet = name.charAt(i);
      int value = octet == '%' && i + 2 < name.length() ? escaped(name, i + 1) : -1;
      if (value >= 0) {
        i += 2;
      }
      out.write(value >= 0 ? value : octet);
    }
    return out.toByteArray();
  }

  private static int escaped(String name, int at) {
    int high = Character.digit(name.charAt(at), 16);
    int low = Character.digit(name.charAt(at + 1), 16);
    return (high | low) < 0 ? -1 : high << 4 | low;
  }
}
