package net.khttpd.passon;

import java.util.LinkedHashSet;
import java.util.List;
import net.khttpd.settings.Balancing;

/// The backends that one snapshot of the settings names: a set for each site, and one for each
/// route. Immutable.
public final class BackendSets {
  /// Of a request that has not begun.
  static final BackendSet NOBODY = new BackendSet(List.of());

  private final List<BackendSet> each;
  private final Routes routes;
  private final Balancing rules;
  private final List<Backend> all;
  private final List<Backend> kept;

  BackendSets(List<BackendSet> ofSites, Routes routes, Balancing rules) {
    each = List.copyOf(ofSites);
    this.routes = routes;
    this.rules = rules;
    var together = new LinkedHashSet<Backend>();
    each.forEach(set -> together.addAll(set.list()));
    routes.sets().forEach(set -> together.addAll(set.list()));
    all = List.copyOf(together);
    kept = all.stream().filter(each -> !rules.drained().contains(each.setting())).toList();
  }

  /// Those of a site.
  ///
  /// @param place of the site among all
  BackendSet of(int place) {
    return each.get(place);
  }

  Routes routes() {
    return routes;
  }

  /// The settings by which they were made.
  Balancing rules() {
    return rules;
  }

  /// Every backend, once.
  List<Backend> all() {
    return all;
  }

  /// Those that get new requests, so that idle connections to them are kept.
  List<Backend> kept() {
    return kept;
  }
}
