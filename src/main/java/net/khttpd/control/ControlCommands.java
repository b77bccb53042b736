package net.khttpd.control;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import net.khttpd.settings.ConfFile;
import net.khttpd.settings.Draft;
import net.khttpd.settings.HostSettings;
import net.khttpd.settings.Listing;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Setting;
import net.khttpd.settings.Settings;
import net.khttpd.settings.SettingsTree;
import net.khttpd.statistics.Statistics;

/// What the commands of a control socket do to a server, and what they answer. Thread-safe; an
/// answer that reads several settings reads them from one snapshot.
final class ControlCommands {
  private static final Set<String> ROOTS = Set.of("net", "net.khttpd");

  private final Server server;

  ControlCommands(Server server) {
    this.server = server;
  }

  /// Does it; returns when its effect is there.
  ///
  /// @param who asks, for the event log
  /// @throws OperatorException why not; then nothing has changed
  ControlAnswer answer(ControlRequest request, String who) throws OperatorException {
    return switch (request.word()) {
      case LIST -> ControlAnswer.of(Listing.of(server.settings()));
      case GET -> get(request);
      case WRITE -> write(request, who);
      case LOAD -> load(request, who);
      case EXPLAIN -> explain(request);
    };
  }

  private ControlAnswer get(ControlRequest request) {
    Settings settings = server.settings();
    var lines = new ArrayList<String>();
    var errors = new ArrayList<String>();
    for (String name : request.arguments()) {
      try {
        lines.addAll(below(name, settings));
      } catch (OperatorException unknown) {
        if (!request.ignoresUnknown()) {
          errors.add(unknown.sentence());
        }
      }
    }
    return ControlAnswer.of(lines, errors);
  }

  /// The lines of a setting, or of all that lies below a node.
  private List<String> below(String name, Settings settings) throws OperatorException {
    String node = node(name);
    if (ROOTS.contains(node)) {
      return Listing.of(settings);
    }
    if (Statistics.isBelow(node)) {
      return statistics(node);
    }
    String host = HostSettings.hostOfNode(SettingsTree.bare(node));
    if (host != null && settings.hostSettings().containsKey(host)) {
      return Listing.ofHost(host, settings);
    }
    return Listing.valueOf(SettingsTree.find(name), settings);
  }

  private List<String> statistics(String node) throws OperatorException {
    List<String> lines = server.statistics().lines(node);
    if (lines.isEmpty()) {
      throw new OperatorException(
          "unknown statistic '"
              + node
              + "'; docs/statistics.md lists all, net.khttpd.stats is all");
    }
    return lines;
  }

  /// The name with dots, without a final one.
  private static String node(String name) {
    String dotted = name.strip().replace('/', '.');
    return dotted.endsWith(".") ? dotted.substring(0, dotted.length() - 1) : dotted;
  }

  private ControlAnswer write(ControlRequest request, String who) throws OperatorException {
    List<String> assignments = request.arguments();
    if (request.ignoresUnknown()) {
      assignments = assignments.stream().filter(ControlCommands::isKnown).toList();
    }
    Draft draft = Draft.of(server.settings());
    var named = new LinkedHashSet<Setting<?>>();
    for (String assignment : assignments) {
      if (Statistics.isBelow(name(assignment))) {
        throw new OperatorException(
            name(assignment) + ": is a statistic, which can be read only; nothing was changed");
      }
      draft.write(assignment);
      named.add(SettingsTree.find(name(assignment)));
    }
    if (!named.isEmpty()) {
      server.write(assignments, who);
    }
    return written(named, draft.snapshot());
  }

  private ControlAnswer load(ControlRequest request, String who) throws OperatorException {
    if (request.arguments().isEmpty()) {
      throw new OperatorException("load: the name of the file is missing");
    }
    String file = request.arguments().getFirst();
    List<String> lines = request.arguments().subList(1, request.arguments().size());
    var loading = new Loading(file, lines, request.ignoresUnknown(), server.settings());
    server.change(loading, who);
    return written(loading.named, loading.wanted);
  }

  /// What was written, once for each setting: of a list all entries that it has now; of others the
  /// value written, since `start` and its like are verbs and need not read back.
  private ControlAnswer written(Set<Setting<?>> named, Settings wanted) {
    Settings now = server.settings();
    var lines = new ArrayList<String>();
    for (Setting<?> setting : named) {
      lines.addAll(Listing.valueOf(setting, setting.isList() ? now : wanted));
    }
    return ControlAnswer.of(lines);
  }

  private ControlAnswer explain(ControlRequest request) throws OperatorException {
    if (request.arguments().size() != 1) {
      throw new OperatorException("explain: one URL-PATH is needed");
    }
    return ControlAnswer.of(server.explain(request.arguments().getFirst()));
  }

  private static boolean isKnown(String assignment) {
    return SettingsTree.knows(name(assignment)) || Statistics.isBelow(name(assignment));
  }

  private static String name(String assignment) {
    int equals = assignment.indexOf('=');
    return (equals < 0 ? assignment : assignment.substring(0, equals)).strip();
  }

  /// The lines of a file as a change, and what came of it. Applied by the lifecycle thread, read
  /// when that is done.
  private static final class Loading implements DraftChange {
    private final String file;
    private final List<String> lines;
    private final boolean ignoreUnknown;
    private Set<Setting<?>> named = Set.of();
    private Settings wanted;

    Loading(String file, List<String> lines, boolean ignoreUnknown, Settings present) {
      this.file = file;
      this.lines = lines;
      this.ignoreUnknown = ignoreUnknown;
      this.wanted = present;
    }

    @Override
    public void apply(Draft draft) throws OperatorException {
      named = ConfFile.load(file, lines, draft, ignoreUnknown);
      wanted = draft.snapshot();
    }
  }
}
