package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The extensions of files that a backend runs rather than sends, and of those that nobody should
/// see: a full table of media types must not publish sources. Compiled from the setting `active`.
///
/// A pattern is an extension without its dot (`cgi`), the beginning of one (`php*`), or `~`, the
/// end of a name. Upper and lower case are alike. Immutable; any thread; matching is free of
/// allocation.
public final class ActiveExtensions {
  private static final byte[][] NONE = {};

  /// The patterns by their first byte in lower case; a `*` is cut off and noted in `open`.
  private final byte[][][] byFirst = new byte[256][][];

  private final boolean[][] open = new boolean[256][];
  private final boolean tilde;

  /// @throws IllegalArgumentException with a sentence if a pattern is empty, or has a dot, a slash,
  ///   a blank, a control, or a star elsewhere than at the end
  public ActiveExtensions(List<String> patterns) {
    Arrays.fill(byFirst, NONE);
    Arrays.fill(open, new boolean[0]);
    boolean anyTilde = false;
    for (String pattern : patterns) {
      requirePattern(pattern);
      if (pattern.equals("~")) {
        anyTilde = true;
      } else {
        add(pattern.toLowerCase(Locale.ROOT));
      }
    }
    tilde = anyTilde;
  }

  /// Whether the last extension of the path's last segment is active, or its name ends in `~`.
  public boolean matchesLast(MemorySegment path, long off, int len) {
    return matches(path, off, len, true);
  }

  /// Whether any extension is: each part of the last segment after a dot. A backend may run
  /// `page.php.html`, and a client may hide a `.php` behind `;.css`.
  public boolean matchesAny(MemorySegment path, long off, int len) {
    return matches(path, off, len, false);
  }

  private boolean matches(MemorySegment path, long off, int len, boolean lastOnly) {
    long end = off + len;
    if (len > 0 && tilde && path.get(ValueLayout.JAVA_BYTE, end - 1) == '~') {
      return true;
    }
    long partEnd = end;
    for (long at = end - 1; at >= off; at--) {
      byte b = path.get(ValueLayout.JAVA_BYTE, at);
      if (b == '/') {
        return false;
      }
      if (b == '.') {
        if (isActive(path, at + 1, partEnd)) {
          return true;
        }
        if (lastOnly) {
          return false;
        }
        partEnd = at;
      }
    }
    return false;
  }

  private boolean isActive(MemorySegment path, long start, long end) {
    if (start == end) {
      return false;
    }
    int first = lower(path.get(ValueLayout.JAVA_BYTE, start)) & 0xff;
    byte[][] candidates = byFirst[first];
    for (int i = 0; i < candidates.length; i++) {
      byte[] pattern = candidates[i];
      boolean fits = open[first][i] ? pattern.length <= end - start : pattern.length == end - start;
      if (fits && begins(path, start, pattern)) {
        return true;
      }
    }
    return false;
  }

  private static boolean begins(MemorySegment path, long start, byte[] pattern) {
    for (int i = 0; i < pattern.length; i++) {
      if (lower(path.get(ValueLayout.JAVA_BYTE, start + i)) != pattern[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
  }

  private static void requirePattern(String pattern) {
    String name = pattern.endsWith("*") ? pattern.substring(0, pattern.length() - 1) : pattern;
    boolean valid = !name.isEmpty() && name.chars().noneMatch(c -> c <= ' ' || c == 0x7f);
    if (!valid || name.indexOf('.') >= 0 || name.indexOf('/') >= 0 || name.indexOf('*') >= 0) {
      throw new IllegalArgumentException(
          "an active extension is written cgi, php* or ~, not '" + pattern + "'");
    }
  }

  private void add(String pattern) {
    boolean begins = pattern.endsWith("*");
    String name = begins ? pattern.substring(0, pattern.length() - 1) : pattern;
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    int first = bytes[0] & 0xff;
    int count = byFirst[first].length;
    byFirst[first] = Arrays.copyOf(byFirst[first], count + 1);
    byFirst[first][count] = bytes;
    open[first] = Arrays.copyOf(open[first], count + 1);
    open[first][count] = begins;
  }
}
