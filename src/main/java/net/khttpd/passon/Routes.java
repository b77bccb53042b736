package net.khttpd.passon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import net.khttpd.settings.RouteRule;
import org.jspecify.annotations.Nullable;

/// Finds the backends of a request by `route`: the longest prefix of its path that ends at a
/// segment's end, and of several hosts with that prefix the one that says most. Immutable; shared
/// by all loops. A path of `n` segments costs `n` looks into a table.
final class Routes {
  static final Routes NONE = new Routes(List.of(), _ -> BackendSets.NOBODY);

  private record Target(String host, BackendSet set) {
    /// Names say more than `*.name`, longer ones of these more than shorter, `*` nothing.
    int weight() {
      if (host.equals(RouteRule.ANY_HOST)) {
        return 0;
      }
      return host.startsWith("*.") ? host.length() : Integer.MAX_VALUE;
    }

    boolean matches(String name) {
      if (host.equals(RouteRule.ANY_HOST)) {
        return true;
      }
      return host.startsWith("*.")
          ? name.length() >= host.length() && name.endsWith(host.substring(1))
          : name.equals(host);
    }
  }

  /// By prefix, in octets each of which is one character.
  private final Map<String, List<Target>> targets = new HashMap<>();

  /// @param sets gives the backends of a rule
  Routes(List<RouteRule> rules, Function<RouteRule, BackendSet> sets) {
    for (RouteRule rule : rules) {
      targets
          .computeIfAbsent(octets(rule.prefix()), _ -> new ArrayList<>())
          .add(new Target(rule.host(), sets.apply(rule)));
    }
    for (List<Target> each : targets.values()) {
      each.sort(Comparator.comparingInt(Target::weight).reversed());
    }
  }

  boolean isEmpty() {
    return targets.isEmpty();
  }

  Collection<BackendSet> sets() {
    return targets.values().stream().flatMap(List::stream).map(Target::set).toList();
  }

  /// The backends for a request; null if no route names it.
  ///
  /// @param authority as the request gives it, empty if it does not
  /// @param path decoded and normalised, in octets; empty if it is none
  @Nullable BackendSet find(String authority, String path) {
    String host = host(authority);
    int end = path.endsWith("/") ? path.length() - 1 : path.length();
    while (end >= 0) {
      List<Target> here = targets.get(path.substring(0, end));
      for (int i = 0; here != null && i < here.size(); i++) {
        if (here.get(i).matches(host)) {
          return here.get(i).set();
        }
      }
      end = end == 0 ? -1 : Math.max(0, path.lastIndexOf('/', end - 1));
    }
    return null;
  }

  /// Without port and final dot, in lower case; an address as Java writes it.
  private static String host(String authority) {
    int colon = authority.lastIndexOf(':');
    String host = colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
    if (host.startsWith("[") && host.endsWith("]")) {
      return address(host.substring(1, host.length() - 1));
    }
    boolean dotted = host.length() > 1 && host.endsWith(".");
    return (dotted ? host.substring(0, host.length() - 1) : host).toLowerCase(Locale.ROOT);
  }

  private static String address(String literal) {
    try {
      return InetAddress.ofLiteral(literal).getHostAddress();
    } catch (IllegalArgumentException notToJava) {
      return literal;
    }
  }

  private static String octets(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }
}
