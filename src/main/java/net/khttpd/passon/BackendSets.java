package net.khttpd.passon;

import java.util.LinkedHashSet;
import java.util.List;

/// The backends that one snapshot of the settings names: a set for each site. Immutable.
public final class BackendSets {
  static final BackendSets NONE = new BackendSets(List.of(new BackendSet(List.of())));

  private final List<BackendSet> each;
  private final List<Backend> all;

  BackendSets(List<BackendSet> each) {
    this.each = List.copyOf(each);
    var together = new LinkedHashSet<Backend>();
    each.forEach(set -> together.addAll(set.list()));
    all = List.copyOf(together);
  }

  /// Those of a site.
  ///
  /// @param place of the site among all
  BackendSet of(int place) {
    return each.get(place);
  }

  /// Every backend, once.
  List<Backend> all() {
    return all;
  }
}
