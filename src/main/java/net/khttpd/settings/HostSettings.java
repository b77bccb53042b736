package net.khttpd.settings;

import static net.khttpd.settings.Setting.atOnce;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Virtual hosts: the list `vhost` of their names, and the family `vhost.NAME.SETTING` of what a
/// host sets for itself.
///
/// A member of the family has a value only where one was written; else the setting of that name at
/// the top of the tree holds for the host. Writing a member makes its host; removing the host from
/// the list removes its members.
public final class HostSettings {
  static final Setting<List<String>> VHOST =
      atOnce(
          "vhost",
          new Kind.ListOf<>(Texts.VHOST),
          List.of(),
          "The virtual hosts: names, *.name for all names below it, default for requests that name"
              + " no other; once there is one, a request for any other host is passed on (404"
              + " without a backend).");

  static final List<Setting<?>> ALL = List.of(VHOST);

  /// What a host may set for itself.
  private static final List<Setting<?>> OF_A_HOST =
      List.of(
          StaticSettings.DOCUMENT_ROOT,
          StaticSettings.INDEX,
          StaticSettings.AUTOINDEX,
          StaticSettings.TRY,
          StaticSettings.ERROR_PAGE,
          StaticSettings.DYNAMIC,
          StaticSettings.CACHE_CONTROL,
          StaticSettings.HEADER,
          BackendSettings.BACKEND);

  private static final String PREFIX = VHOST.name() + ".";

  private HostSettings() {}

  /// The settings of the top of the tree that a host may set for itself.
  public static List<Setting<?>> ofAHost() {
    return OF_A_HOST;
  }

  /// Whether a virtual host has a document root of its own.
  public static boolean setsRoot(Settings settings, String host) {
    return settings.isSet(member(host, StaticSettings.DOCUMENT_ROOT));
  }

  /// Their names, for a sentence.
  static String namesOfAHost() {
    return "vhost.NAME." + String.join(", ", OF_A_HOST.stream().map(Setting::name).toList());
  }

  /// Whether the name, without `net.khttpd.`, has the form `vhost.NAME.SETTING`.
  static boolean isMember(String name) {
    return top(name) != null;
  }

  static boolean isMember(Setting<?> setting) {
    return isMember(setting.name());
  }

  /// The member of this name, or null if it has not the form of one.
  ///
  /// @throws OperatorException if the host's name is none
  static @Nullable Setting<?> find(String name) throws OperatorException {
    Setting<?> top = top(name);
    return top == null ? null : member(readHost(hostIn(name)), top);
  }

  /// What a host sets for itself with this setting of the top of the tree.
  @SuppressWarnings("unchecked") // an empty list is one of any kind of entry
  static <T> Setting<T> member(String host, Setting<T> top) {
    T initial = top.isList() ? (T) List.of() : top.initial();
    return new Setting<>(
        PREFIX + host + "." + top.name(),
        top.kind(),
        initial,
        "as at the top",
        top.effect(),
        "%s for the requests of this host%s."
            .formatted(top.name(), top.isList() ? ", instead of all entries of the top" : ""));
  }

  /// The members of one host, set or not.
  public static List<Setting<?>> members(String host) {
    var members = new ArrayList<Setting<?>>();
    for (Setting<?> top : OF_A_HOST) {
      members.add(member(host, top));
    }
    return members;
  }

  /// The host that a member belongs to.
  static String host(Setting<?> member) {
    return hostIn(member.name());
  }

  /// The setting of the top of the tree that holds where the member has no value.
  static Setting<?> inherited(Setting<?> member) {
    Setting<?> top = top(member.name());
    if (top == null) {
      throw new IllegalArgumentException(member + " is no setting of a host");
    }
    return top;
  }

  /// The host of a node `vhost.NAME`, without `net.khttpd.`; null if it is none.
  public static @Nullable String hostOfNode(String node) {
    return node.startsWith(PREFIX) && node.length() > PREFIX.length()
        ? node.substring(PREFIX.length())
        : null;
  }

  private static @Nullable Setting<?> top(String name) {
    int last = name.lastIndexOf('.');
    if (!name.startsWith(PREFIX) || last <= PREFIX.length()) {
      return null;
    }
    String own = name.substring(last + 1);
    for (Setting<?> top : OF_A_HOST) {
      if (top.name().equals(own)) {
        return top;
      }
    }
    return null;
  }

  private static String hostIn(String name) {
    return name.substring(PREFIX.length(), name.lastIndexOf('.'));
  }

  private static String readHost(String text) throws OperatorException {
    try {
      return Texts.vhost(text);
    } catch (BadValueException e) {
      throw new OperatorException("vhost: " + Quoted.of(text) + " " + e.getMessage(), e);
    }
  }
}
