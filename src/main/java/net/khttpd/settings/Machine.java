package net.khttpd.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// What defaults are computed from: the number of CPUs and the memory limit of our cgroup
/// (cgroups(7)). Read once, when the declarations are loaded.
final class Machine {
  private static final Path V2 = Path.of("/sys/fs/cgroup");
  private static final Path V1 = Path.of("/sys/fs/cgroup/memory");

  /// A path of /proc/self/cgroup has no more levels worth looking at.
  private static final int DEEPEST = 64;

  private Machine() {}

  static long cpus(int most) {
    return Math.min(Runtime.getRuntime().availableProcessors(), most);
  }

  /// The lowest memory limit from our cgroup up to the root, in bytes; Long.MAX_VALUE without one.
  static long memoryLimit() {
    long limit = Long.MAX_VALUE;
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
        String[] fields = line.split(":", 3); // hierarchy, controllers, path
        if (fields.length == 3 && fields[1].isEmpty()) {
          limit = Math.min(limit, lowest(V2, fields[2], "memory.max"));
        } else if (fields.length == 3 && fields[1].equals("memory")) {
          limit = Math.min(limit, lowest(V1, fields[2], "memory.limit_in_bytes"));
        }
      }
    } catch (IOException e) {
      return limit; // no /proc: no limit that we could know
    }
    return limit;
  }

  private static long lowest(Path root, String cgroup, String file) {
    Path directory = Path.of(root + cgroup).normalize();
    long limit = Long.MAX_VALUE;
    for (int level = 0; level < DEEPEST && directory.startsWith(root); level++) {
      limit = Math.min(limit, read(directory.resolve(file)));
      Path parent = directory.getParent();
      if (parent == null) {
        break;
      }
      directory = parent;
    }
    return limit;
  }

  /// The number in the file; Long.MAX_VALUE for `max` and where there is no such file.
  private static long read(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
      return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : Long.MAX_VALUE;
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }
}
