package net.khttpd.kernel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The mount points of this process, from `/proc/self/mountinfo` (proc_pid_mountinfo(5)), longest
/// first. Reading it touches no file system but proc, so it never hangs with one. Immutable.
///
/// Names are bytes, kept one to a char (ISO 8859-1).
public final class Mounts {
  private static final int MOUNT_POINT_FIELD = 4;

  private final List<String> points;
  private final Map<String, String> types;

  private Mounts(List<String> points, Map<String, String> types) {
    this.points = points;
    this.types = types;
  }

  /// The mounts as they are now.
  public static Mounts read() throws IOException {
    return parse(Files.readString(Path.of("/proc/self/mountinfo"), ISO_8859_1));
  }

  static Mounts parse(String mountinfo) {
    List<String> points = new ArrayList<>();
    var types = new HashMap<String, String>();
    for (String line : mountinfo.lines().toList()) {
      String[] fields = line.split(" ", MOUNT_POINT_FIELD + 2);
      if (fields.length > MOUNT_POINT_FIELD) {
        String point = unescape(fields[MOUNT_POINT_FIELD]);
        points.add(point);
        types.put(point, typeOf(line)); // the last one lies on top
      }
    }
    points.sort(Comparator.comparingInt(String::length).reversed());
    return new Mounts(List.copyOf(points), types);
  }

  /// The type of the file system follows optional fields, which a hyphen ends.
  private static String typeOf(String line) {
    int hyphen = line.indexOf(" - ");
    return hyphen < 0 ? "" : line.substring(hyphen + 3).split(" ", 2)[0];
  }

  /// The type of what is mounted exactly there, such as `tmpfs` or `fuse.sshfs`; null if nothing
  /// is.
  ///
  /// @param path absolute, links resolved
  public @Nullable String typeAt(String path) {
    return types.get(path);
  }

  /// The mount point an absolute path lies under, `/` if none is known.
  public String pointOf(String path) {
    for (String point : points) {
      if (isBeneath(path, point)) {
        return point;
      }
    }
    return "/";
  }

  private static boolean isBeneath(String path, String point) {
    return path.startsWith(point)
        && (point.equals("/")
            || path.length() == point.length()
            || path.charAt(point.length()) == '/');
  }

  /// Blank, tab, newline and backslash are written as three octal digits.
  private static String unescape(String field) {
    StringBuilder name = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      if (field.charAt(i) == '\\' && i + 3 < field.length()) {
        name.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        name.append(field.charAt(i));
      }
    }
    return name.toString();
  }
}
