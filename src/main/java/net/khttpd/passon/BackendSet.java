package net.khttpd.passon;

import java.util.List;

/// The backends that one snapshot of the settings names, in their order and resolved. Immutable; a
/// backend that is in two sets is the same one, with its connections.
///
/// @param list for this package alone: what is in it is nobody else's affair
public record BackendSet(List<Backend> list) {
  public BackendSet {
    list = List.copyOf(list);
  }
}
