package net.khttpd.control;

import java.util.List;
import net.khttpd.settings.Setting;
import net.khttpd.settings.SettingsTree;

/// Writes the declarations of settings for people: in help, by `khttpd settings`, and as
/// docs/settings.md.
final class SettingsHelp {
  /// What most configurations set.
  private static final List<String> MOST_USED =
      List.of("documentroot", "serverport", "clientport", "backend", "threads", "index", "logging");

  private SettingsHelp() {}

  /// The most used settings for `khttpd run --help`.
  static String mostUsed() {
    var text = new StringBuilder();
    SettingsTree.all().stream()
        .filter(setting -> MOST_USED.contains(setting.name()))
        .forEach(setting -> append(text, setting));
    return text.toString();
  }

  /// Every setting for `khttpd settings`.
  static String all() {
    var text = new StringBuilder();
    for (SettingsTree.Group group : SettingsTree.GROUPS) {
      text.append(text.isEmpty() ? "" : "\n").append(group.title()).append('\n');
      group.documented().forEach(setting -> append(text, setting));
    }
    return text.toString();
  }

  /// The whole of docs/settings.md.
  static String markdown() {
    var text = new StringBuilder(INTRODUCTION);
    for (SettingsTree.Group group : SettingsTree.GROUPS) {
      text.append("\n## ").append(group.title()).append("\n\n");
      text.append("| name | what it does | value | default | acts |\n|---|---|---|---|---|\n");
      for (Setting<?> setting : group.documented()) {
        row(text, setting);
      }
    }
    return text.toString();
  }

  private static void append(StringBuilder text, Setting<?> setting) {
    text.append(String.format("  %-22s %s%n", setting.name(), setting.sentence()));
    text.append(
        String.format(
            "  %-22s %s; default %s; acts %s%n",
            "",
            setting.kind().form(),
            initial(setting).isEmpty() ? "none" : initial(setting),
            setting.effect().words()));
  }

  private static void row(StringBuilder text, Setting<?> setting) {
    text.append("| `").append(setting.name()).append("` | ");
    text.append(cell(setting.sentence())).append(" | ");
    text.append(cell(setting.kind().form())).append(" | ");
    String initial = initial(setting);
    text.append(initial.isEmpty() ? "none" : cell(initial)).append(" | ");
    text.append(setting.effect().words()).append(" |\n");
  }

  private static String initial(Setting<?> setting) {
    return setting.initialText();
  }

  /// Text that Markdown shows as it stands.
  private static String cell(String text) {
    return text.replace("|", "\\|").replace("*", "\\*").replace("~", "\\~").replace("_", "\\_");
  }

  private static final String INTRODUCTION =
      """
      # Settings

      This page is written by `./khttpd settings --markdown > docs/settings.md` from the
      declarations in `net.khttpd.settings`; a test compares the two.

      Every setting has a name below `net.khttpd.`, with or without which it may be written:

          ./khttpd run -w documentroot=/srv/www -w net.khttpd.clientport=8081
          ./khttpd run --conf /etc/khttpd.conf -w threads=1

      A file has the syntax of sysctl.conf(5): `NAME = VALUE` a line, comments after `#` or `;`; errors
      in a line that begins with `-` are ignored. First come the defaults, then the files in their
      order, then each `-w`. A value that is not of its kind or out of bounds is refused and the old
      one stays.

      **Numbers** are read as decimal, 0octal or 0xhex; `perm_required` and `perm_forbid` print as
      octal. **Times** are in seconds and may have three decimals (`timeout_connect=0.5`).

      **Lists**: a write adds one entry (`-w backend=10.0.0.2:8081 -w backend=10.0.0.3:8081`), a write
      of `-ENTRY` removes it, an empty write is refused. In a file, `NAME =` alone clears the list. An
      entry that is there already is not added twice. A listing shows one line per entry, preceded by
      the clearing line where the default entries are not all there: what was printed can be read
      back from a file.

      **Virtual hosts**: `vhost.NAME.SETTING` is what the host NAME sets for itself (NAME may hold dots,
      as in `vhost.www.example.com.documentroot`, and be `*.example.com` or `default`); what it does not
      set is as at the top. A write makes the host, `vhost=-NAME` removes it with all that it has set, a
      write of a lone `-` takes one setting away: [static](static.md#virtual-hosts).
      """;
}
