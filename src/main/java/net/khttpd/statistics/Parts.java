package net.khttpd.statistics;

import java.util.ArrayList;
import java.util.List;
import net.khttpd.client.Counter;
import net.khttpd.decide.Rule;
import net.khttpd.http.Status;

/// The parts of a counter by their labels: rules, or the statuses of errors.
public final class Parts {
  /// One part.
  ///
  /// @param index as the loops count it
  /// @param label its last name
  public record Part(int index, String label) {}

  private static final List<Part> RULES = rules();
  private static final List<Part> STATUSES = statuses();

  private Parts() {}

  /// In the order of the rules or statuses; empty for a counter that is whole.
  public static List<Part> of(Counter counter) {
    return switch (counter.by()) {
      case NOTHING -> List.of();
      case RULE -> RULES;
      case STATUS -> STATUSES;
    };
  }

  private static List<Part> rules() {
    var parts = new ArrayList<Part>();
    for (Rule rule : Rule.values()) {
      parts.add(new Part(rule.ordinal(), rule.label()));
    }
    return List.copyOf(parts);
  }

  private static List<Part> statuses() {
    var parts = new ArrayList<Part>();
    for (Status status : Status.values()) {
      if (status.code() >= 400) {
        parts.add(new Part(status.ordinal(), Integer.toString(status.code())));
      }
    }
    return List.copyOf(parts);
  }
}
