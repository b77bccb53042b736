package net.khttpd.settings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Settings being written: takes assignments one after the other and gives a snapshot. A refused
/// assignment changes nothing. Used by one thread.
public final class Draft {
  private final Map<Setting<?>, Object> values;

  private Draft(Map<Setting<?>, Object> values) {
    this.values = values;
  }

  /// A draft that holds every default.
  public static Draft ofDefaults() {
    var values = new HashMap<Setting<?>, Object>();
    for (Setting<?> setting : SettingsTree.all()) {
      values.put(setting, setting.initial());
    }
    return new Draft(values);
  }

  /// A draft that holds what the snapshot holds.
  public static Draft of(Settings settings) {
    return new Draft(settings.values());
  }

  /// A write, as `-w NAME=VALUE` and sysctl(8) make it: sets a value, or adds an entry to a list,
  /// or with `-entry` removes it. A lone `-` takes from a virtual host what it has set for itself.
  public Draft write(String name, String value) throws OperatorException {
    Setting<?> setting = SettingsTree.find(name.strip());
    write(setting, value.strip());
    return this;
  }

  /// A write in the form `NAME=VALUE`.
  public Draft write(String assignment) throws OperatorException {
    int equals = assignment.indexOf('=');
    if (equals < 0) {
      throw new OperatorException("-w " + Quoted.of(assignment) + " is not of the form NAME=VALUE");
    }
    return write(assignment.substring(0, equals), assignment.substring(equals + 1));
  }

  /// A line of a file: as a write, but an empty value clears a list.
  Draft writeFromFile(String name, String value) throws OperatorException {
    Setting<?> setting = SettingsTree.find(name.strip());
    return setting.isList() && value.isBlank() ? put(setting, List.of()) : write(name, value);
  }

  /// Gives a setting its default: one of a virtual host is set no more.
  public <T> Draft reset(Setting<T> setting) {
    if (HostSettings.isMember(setting)) {
      values.remove(setting);
      return this;
    }
    return put(setting, setting.initial());
  }

  /// Gives a setting the value it has in other settings; with the names of virtual hosts all that
  /// these set for themselves.
  public <T> Draft take(Setting<T> setting, Settings from) {
    put(setting, from.get(setting));
    if (setting.equals(HostSettings.VHOST)) {
      values.keySet().removeIf(HostSettings::isMember);
      from.ofHosts().forEach(member -> values.put(member, from.get(member)));
    }
    return this;
  }

  /// Whoever sets something for a host makes the host, and whoever removes it takes all of it.
  private Draft put(Setting<?> setting, Object value) {
    values.put(setting, value);
    if (HostSettings.isMember(setting)) {
      String host = HostSettings.host(setting);
      if (!hosts().contains(host)) {
        var more = new ArrayList<String>(hosts());
        more.add(host);
        values.put(HostSettings.VHOST, List.copyOf(more));
      }
    } else if (setting.equals(HostSettings.VHOST)) {
      List<String> left = hosts();
      values
          .keySet()
          .removeIf(each -> HostSettings.isMember(each) && !left.contains(HostSettings.host(each)));
    }
    return this;
  }

  @SuppressWarnings("unchecked") // as declared
  private List<String> hosts() {
    return (List<String>) valueOf(HostSettings.VHOST);
  }

  /// The snapshot of what has been written.
  public Settings snapshot() {
    return new Settings(values);
  }

  private <T> void write(Setting<T> setting, String text) throws OperatorException {
    try {
      plain(text);
      if (HostSettings.isMember(setting) && text.equals("-")) {
        unset(setting);
      } else if (setting.kind() instanceof Kind.ListOf<?> list) {
        put(setting, changed(list, text, (List<?>) valueOf(setting)));
      } else {
        put(setting, setting.kind().read(text));
      }
    } catch (BadValueException e) {
      throw new OperatorException(
          setting.name() + ": " + Quoted.of(text) + " " + e.getMessage(), e);
    }
  }

  private void unset(Setting<?> member) throws BadValueException {
    if (values.remove(member) == null) {
      throw new BadValueException("cannot be taken away: the host has not set it");
    }
  }

  private Object valueOf(Setting<?> setting) {
    Object value = values.get(setting);
    boolean unset = value == null && HostSettings.isMember(setting);
    return unset ? setting.initial() : java.util.Objects.requireNonNull(value, setting.name());
  }

  private static List<?> changed(Kind.ListOf<?> kind, String text, List<?> old)
      throws BadValueException {
    boolean removal = text.startsWith("-");
    String named = removal ? text.substring(1) : text;
    if (named.isEmpty()) {
      throw new BadValueException(
          "names no entry: a write adds one to the list, -entry removes it");
    }
    List<Object> changed = new ArrayList<>(old);
    for (String each : kind.separable() ? named.split(",", -1) : new String[] {named}) {
      change(changed, kind.entry().read(kind.separable() ? each.strip() : each), removal);
    }
    return List.copyOf(changed);
  }

  private static void change(List<Object> changed, Object entry, boolean removal)
      throws BadValueException {
    if (removal) {
      if (!changed.remove(entry)) {
        throw new BadValueException("cannot be removed: the list has no such entry");
      }
    } else if (!changed.contains(entry)) {
      if (changed.size() == Kind.MOST_ENTRIES) {
        throw new BadValueException("is one entry more than the " + Kind.MOST_ENTRIES + " allowed");
      }
      changed.add(entry);
    }
  }

  private static void plain(String text) throws BadValueException {
    if (text.length() > Kind.LONGEST_TEXT) {
      throw new BadValueException("is longer than " + Kind.LONGEST_TEXT + " characters");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new BadValueException("holds a control character");
    }
  }
}
