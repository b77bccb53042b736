package net.khttpd.settings;

/// The one declaration of a setting; help, listings and docs/settings.md come from it.
///
/// @param name its name below `net.khttpd.`
/// @param kind how it is read, its bounds and unit
/// @param initial the value when nobody sets it
/// @param initialText how the documentation names that value, where it depends on the machine
/// @param effect when a change of it acts
/// @param sentence what it does, in one sentence
public record Setting<T>(
    String name, Kind<T> kind, T initial, String initialText, Effect effect, String sentence) {
  /// What stands before every setting's name.
  public static final String PREFIX = "net.khttpd.";

  private static final java.util.Set<String> VERBS = java.util.Set.of("start", "stop", "unload");

  /// When a change of a setting in the running server acts.
  public enum Effect {
    /// With the next request or connection.
    AT_ONCE("at once"),
    /// When the server is started the next time.
    AT_NEXT_START("at the next start");

    private final String words;

    Effect(String words) {
      this.words = words;
    }

    /// The effect in the words of the documentation.
    public String words() {
      return words;
    }
  }

  static <T> Setting<T> atOnce(String name, Kind<T> kind, T initial, String sentence) {
    return new Setting<>(name, kind, initial, kind.print(initial), Effect.AT_ONCE, sentence);
  }

  static <T> Setting<T> atNextStart(String name, Kind<T> kind, T initial, String sentence) {
    return new Setting<>(name, kind, initial, kind.print(initial), Effect.AT_NEXT_START, sentence);
  }

  /// The same with the default named by words: it is computed from the machine.
  Setting<T> initially(String words) {
    return new Setting<>(name, kind, initial, words, effect, sentence);
  }

  /// The name with its prefix, as listings show it.
  public String fullName() {
    return PREFIX + name;
  }

  /// Whether a write of 1 does something once, and the value only tells how far it is.
  public boolean isVerb() {
    return VERBS.contains(name);
  }

  public boolean isList() {
    return kind instanceof Kind.ListOf<?>;
  }

  /// Each name is declared once, and those of a virtual host are made whenever they are asked for.
  @Override
  public boolean equals(@org.jspecify.annotations.Nullable Object other) {
    return other instanceof Setting<?> setting && name.equals(setting.name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return fullName();
  }
}
