package net.khttpd.settings;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// What a query (RFC 3986 §3.4) means for a request that would else be static: the value of
/// `query`.
public sealed interface QueryRule {
  /// The text of the setting, from which [#read] gives an equal value.
  String text();

  /// A request with a query is passed on.
  record Pass() implements QueryRule {
    @Override
    public String text() {
      return "pass";
    }
  }

  /// A query changes nothing.
  record Ignore() implements QueryRule {
    @Override
    public String text() {
      return "ignore";
    }
  }

  /// A query that the expression matches as a whole changes nothing, any other is passed on.
  record IgnoreMatching(Pattern pattern) implements QueryRule {
    @Override
    public String text() {
      return pattern.pattern();
    }
  }

  /// Reads `pass`, `ignore` or a regular expression.
  static QueryRule read(String text) throws BadValueException {
    return switch (text) {
      case "" -> throw new BadValueException("is empty: write pass, ignore or an expression");
      case "pass" -> new Pass();
      case "ignore" -> new Ignore();
      default -> new IgnoreMatching(compile(text));
    };
  }

  private static Pattern compile(String text) throws BadValueException {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new BadValueException(
          "is neither pass nor ignore nor a regular expression (" + e.getDescription() + ")");
    }
  }
}
