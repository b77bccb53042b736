package net.khttpd.settings;

import java.util.ArrayList;
import java.util.List;

/// Prints settings as sysctl(8) does, `net.khttpd.NAME = VALUE`, one line per value or list entry.
/// A file of these lines, read over the defaults, gives the same settings again: a list that does
/// not begin with its default entries is preceded by the line `NAME =` that clears it.
public final class Listing {
  private Listing() {}

  /// The lines of all settings.
  public static List<String> of(Settings settings) {
    var lines = new ArrayList<String>();
    for (Setting<?> setting : SettingsTree.all()) {
      lines.addAll(of(setting, settings));
      if (setting.equals(HostSettings.VHOST)) {
        settings.ofHosts().forEach(member -> lines.addAll(of(member, settings)));
      }
    }
    return lines;
  }

  /// The lines of all that a virtual host sets for itself.
  public static List<String> ofHost(String host, Settings settings) {
    var lines = new ArrayList<String>();
    for (Setting<?> member : settings.ofHosts()) {
      if (HostSettings.host(member).equals(host)) {
        lines.addAll(of(member, settings));
      }
    }
    return lines;
  }

  /// The lines of one setting; of one that a virtual host has not set those of what holds for it.
  public static <T> List<String> of(Setting<T> setting, Settings settings) {
    return setting.kind() instanceof Kind.ListOf<?> list
        ? ofList(setting, list, settings)
        : List.of(line(setting, setting.kind().print(settings.get(setting))));
  }

  /// The value of one setting alone, as a read or write of it shows it: of a list the entries, or
  /// one line without a value if it has none.
  public static <T> List<String> valueOf(Setting<T> setting, Settings settings) {
    List<String> lines = of(setting, settings);
    boolean cleared = lines.size() > 1 && lines.getFirst().equals(line(setting, ""));
    return cleared ? lines.subList(1, lines.size()) : lines;
  }

  private static <E> List<String> ofList(
      Setting<?> setting, Kind.ListOf<E> kind, Settings settings) {
    List<E> initial = entries(setting.initial());
    List<E> entries = entries(settings.get(setting));
    var lines = new ArrayList<String>();
    boolean extendsDefault =
        entries.size() >= initial.size() && entries.subList(0, initial.size()).equals(initial);
    if (entries.isEmpty() || !extendsDefault) {
      lines.add(line(setting, ""));
    }
    for (E entry : entries) {
      lines.add(line(setting, kind.entry().print(entry)));
    }
    return lines;
  }

  @SuppressWarnings("unchecked") // a list's setting holds entries of its kind, by declaration
  private static <E> List<E> entries(Object value) {
    return (List<E>) value;
  }

  private static String line(Setting<?> setting, String value) {
    return value.isEmpty() ? setting.fullName() + " =" : setting.fullName() + " = " + value;
  }
}
