package net.khttpd.mount;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.SettingsTree;
import org.jspecify.annotations.Nullable;

/// Which names are files and which directories. Settings are files of their names, those of virtual
/// hosts with dots: `vhost.example.org.index`. Statistics lie in `stats`: a name that has a value
/// is a file, and what lies below it stands beside it with the dot (`refused`, `refused.404`); a
/// name without a value is a directory (`loop0`). Asks the source each time. Thread-safe.
final class FileTree {
  private static final String PREFIX = "net.khttpd.";
  private static final String STATISTICS = "stats";

  private final Source source;

  FileTree(Source source) {
    this.source = source;
  }

  /// The node of an absolute path within the mount; null if there is none.
  ///
  /// @throws OperatorException if no server answers
  @Nullable Node find(String path) throws OperatorException {
    String name = path.substring(1).replace('/', '.');
    if (name.isEmpty()) {
      Map<String, Boolean> names = names("", source.read(""));
      names.put(STATISTICS, true);
      return new Node.Directory(names);
    }
    boolean statistic = name.equals(STATISTICS) || path.startsWith("/" + STATISTICS + "/");
    if (!statistic && name.startsWith(STATISTICS + ".")) {
      return null; // lies in the directory, not beside it
    }
    List<String> lines = source.read(name);
    var values = new ArrayList<String>();
    for (String line : lines) {
      if (nameOf(line).equals(name)) {
        values.add(valueOf(line));
      }
    }
    if (!values.isEmpty()) {
      return new Node.File(name, content(name, values), !statistic);
    }
    Map<String, Boolean> below = statistic ? names(name + ".", lines) : Map.of();
    return below.isEmpty() ? null : new Node.Directory(below);
  }

  /// A line for each value; an empty list has none.
  private static byte[] content(String name, List<String> values) {
    boolean emptyList = values.size() == 1 && values.getFirst().isEmpty() && isList(name);
    return emptyList ? new byte[0] : (String.join("\n", values) + "\n").getBytes(UTF_8);
  }

  private static boolean isList(String name) {
    try {
      return SettingsTree.knows(name) && SettingsTree.find(name).isList();
    } catch (OperatorException unknown) {
      return false;
    }
  }

  /// What lies directly below, and whether it is a directory.
  private static Map<String, Boolean> names(String before, List<String> lines) {
    var below = new LinkedHashSet<String>();
    for (String line : lines) {
      String name = nameOf(line);
      if (name.startsWith(before)) {
        below.add(name.substring(before.length()));
      }
    }
    var names = new LinkedHashMap<String, Boolean>();
    for (String name : below) {
      int dot = name.indexOf('.');
      boolean inDirectory = dot > 0 && !below.contains(name.substring(0, dot));
      names.put(inDirectory ? name.substring(0, dot) : name, inDirectory);
    }
    return names;
  }

  private static String nameOf(String line) {
    int end = line.indexOf(" =");
    String name = end < 0 ? line : line.substring(0, end);
    return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : "";
  }

  private static String valueOf(String line) {
    int equals = line.indexOf(" = ");
    return equals < 0 ? "" : line.substring(equals + 3);
  }
}
