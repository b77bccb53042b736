package net.khttpd.control;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import net.khttpd.settings.Setting;
import net.khttpd.settings.Setting.Effect;
import net.khttpd.settings.Settings;
import net.khttpd.settings.SettingsTree;

/// What differs between two snapshots, in sentences for the event log.
final class Changes {
  /// Verbs: what they do is logged when it is done.
  private static final Set<String> VERBS = Set.of("start", "stop", "unload");

  private Changes() {}

  /// One sentence for each setting that differs: name, old and new value.
  ///
  /// @param running whether something runs that a change could have to wait for
  static List<String> of(Settings before, Settings after, boolean running) {
    var sentences = new ArrayList<String>();
    for (Setting<?> setting : SettingsTree.all()) {
      if (!VERBS.contains(setting.name()) && !before.get(setting).equals(after.get(setting))) {
        sentences.add(sentence(setting, before, after, running));
      }
    }
    var ofHosts = new LinkedHashSet<Setting<?>>(before.ofHosts());
    ofHosts.addAll(after.ofHosts());
    for (Setting<?> setting : ofHosts) {
      if (before.isSet(setting) != after.isSet(setting)
          || !before.get(setting).equals(after.get(setting))) {
        sentences.add(sentence(setting, before, after, running));
      }
    }
    return sentences;
  }

  private static <T> String sentence(
      Setting<T> setting, Settings before, Settings after, boolean running) {
    boolean later = running && setting.effect() == Effect.AT_NEXT_START;
    return "%s: %s -> %s%s"
        .formatted(
            setting.name(),
            text(setting, before),
            text(setting, after),
            later ? " from the next start" : "");
  }

  private static <T> String text(Setting<T> setting, Settings settings) {
    if (!settings.isSet(setting)) {
      return "(not set)";
    }
    String text = setting.kind().print(settings.get(setting));
    return text.isEmpty() ? "(empty)" : text;
  }
}
