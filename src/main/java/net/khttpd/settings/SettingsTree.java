package net.khttpd.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All declarations, in the order of the documentation. To add a setting: declare it in the group
/// it belongs to, add it to that group's list, give [Settings] an accessor for it, and write
/// docs/settings.md anew.
public final class SettingsTree {
  /// A heading of the documentation and what stands under it.
  public record Group(String title, List<Setting<?>> settings) {
    /// The same, and what each virtual host may set, under a name that stands for the host's.
    public List<Setting<?>> documented() {
      var documented = new ArrayList<>(settings);
      if (settings.contains(HostSettings.VHOST)) {
        documented.addAll(HostSettings.members("NAME"));
      }
      return documented;
    }
  }

  public static final List<Group> GROUPS =
      List.of(
          new Group("The server", ServerSettings.ALL),
          new Group("What is static", StaticSettings.ALL),
          new Group("Virtual hosts", HostSettings.ALL),
          new Group("Passing on", BackendSettings.ALL),
          new Group("Several backends", BalanceSettings.ALL),
          new Group("Handing over and ordered files", HandoverSettings.ALL),
          new Group("Limits, times and memory", LimitSettings.ALL),
          new Group("The access log", LogSettings.ALL));

  private static final Map<String, Setting<?>> BY_NAME = byName();

  private SettingsTree() {}

  /// Every setting, group by group, without those of virtual hosts: which there are, a snapshot
  /// tells ([Settings#ofHosts]).
  public static List<Setting<?>> all() {
    return List.copyOf(BY_NAME.values());
  }

  /// The setting of this name, with or without `net.khttpd.` (or `net/khttpd/`, as sysctl(8) also
  /// takes it).
  public static Setting<?> find(String name) throws OperatorException {
    String bare = bare(name);
    Setting<?> setting = BY_NAME.get(bare);
    if (setting == null) {
      setting = HostSettings.find(bare);
    }
    if (setting == null) {
      String near = nearest(bare);
      throw new OperatorException(
          "unknown setting "
              + Quoted.of(name)
              + (near == null ? "" : "; did you mean " + near + "?")
              + (HostSettings.hostOfNode(bare) == null
                  ? " ('khttpd settings' lists all)"
                  : "; a virtual host sets " + HostSettings.namesOfAHost()));
    }
    return setting;
  }

  /// Whether [#find] would find it, or refuse it for the name of its virtual host.
  public static boolean knows(String name) {
    String bare = bare(name);
    return BY_NAME.containsKey(bare) || HostSettings.isMember(bare);
  }

  /// The name without `net.khttpd.`, with dots.
  public static String bare(String name) {
    String dotted = name.replace('/', '.');
    return dotted.startsWith(Setting.PREFIX) ? dotted.substring(Setting.PREFIX.length()) : dotted;
  }

  private static Map<String, Setting<?>> byName() {
    var map = new LinkedHashMap<String, Setting<?>>();
    for (Group group : GROUPS) {
      for (Setting<?> setting : group.settings()) {
        if (map.put(setting.name(), setting) != null) {
          throw new IllegalStateException("declared twice: " + setting.name());
        }
      }
    }
    return map;
  }

  /// The name at most two edits away, if there is one.
  private static @Nullable String nearest(String name) {
    if (name.length() > 40) {
      return null;
    }
    var names = new ArrayList<>(BY_NAME.keySet());
    names.sort(java.util.Comparator.comparingInt(each -> edits(name, each)));
    String first = names.getFirst();
    return edits(name, first) <= 2 ? first : null;
  }

  /// Levenshtein's distance.
  private static int edits(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}
