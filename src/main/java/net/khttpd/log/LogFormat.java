package net.khttpd.log;

import java.util.ArrayList;
import java.util.List;

/// A compiled `access_log_format`: the directives of Apache's LogFormat that make sense here, and
/// four of our own.
///
/// | directive | is |
/// |---|---|
/// | `%h` `%a` | the client's address; `%{remote}p` its port |
/// | `%l` `%u` | `-`: we know no identity |
/// | `%t` | the time of the response's end, `[22/Nov/2026:20:15:04 +0000]` |
/// | `%r` `%m` `%U` `%q` `%H` | the request line; its method, path, query with `?`, version |
/// | `%s` `%>s` | the status |
/// | `%b` `%B` | bytes of the body sent; none is `-` or 0 |
/// | `%D` `%T` | the duration in microseconds; in seconds |
/// | `%v` `%V` `%{Host}i` | the host asked for |
/// | `%{Referer}i` `%{User-Agent}i` | these request fields |
/// | `%{rule}x` | the rule that passed the request on or refused it; `-`: served |
/// | `%{cache}x` | `hit` or `miss` |
/// | `%{backend}x` | the backend that answered, else `-` |
/// | `%{request_id}x` `%{X-Request-Id}i` | the id of a request, the client's or ours; else `-` |
/// | `%%` | a percent sign |
///
/// @param text as it was written
/// @param parts literals and directives, in order
public record LogFormat(String text, List<Part> parts) {
  private static final String COMMON = "%h %l %u %t \"%r\" %>s %b";
  private static final String COMBINED = COMMON + " \"%{Referer}i\" \"%{User-Agent}i\"";

  /// A piece of a line.
  sealed interface Part {}

  /// Text that stands as it is.
  record Literal(String text) implements Part {}

  /// What a directive stands for.
  enum Directive implements Part {
    ADDRESS,
    PORT,
    NOBODY,
    TIME,
    REQUEST_LINE,
    METHOD,
    PATH,
    QUERY,
    VERSION,
    STATUS,
    BODY_BYTES_OR_DASH,
    BODY_BYTES,
    MICROSECONDS,
    SECONDS,
    HOST,
    REFERER,
    USER_AGENT,
    RULE,
    CACHE,
    BACKEND,
    REQUEST_ID
  }

  /// Compiles a format, `combined` or `common`; throws IllegalArgumentException whose message
  /// follows the quoted text.
  public static LogFormat of(String text) {
    return switch (text) {
      case "combined" -> new LogFormat(text, compile(COMBINED));
      case "common" -> new LogFormat(text, compile(COMMON));
      default -> new LogFormat(text, compile(text));
    };
  }

  private static List<Part> compile(String format) {
    var parts = new ArrayList<Part>();
    var literal = new StringBuilder();
    int at = 0;
    while (at < format.length()) {
      char c = format.charAt(at);
      boolean escape = c == '\\' && at + 1 < format.length();
      if (escape) {
        literal.append(escaped(format.charAt(at + 1)));
        at += 2;
      } else if (c == '%' && format.startsWith("%", at + 1)) {
        literal.append('%');
        at += 2;
      } else if (c == '%') {
        int end = endOfDirective(format, at);
        flush(literal, parts);
        parts.add(directive(format.substring(at + 1, end)));
        at = end;
      } else {
        literal.append(c);
        at++;
      }
    }
    flush(literal, parts);
    return List.copyOf(parts);
  }

  private static char escaped(char c) {
    return switch (c) {
      case 't' -> '\t';
      case '"', '\\' -> c;
      default -> throw new IllegalArgumentException("has \\" + c + "; only \\t, \\\" and \\\\ are");
    };
  }

  private static int endOfDirective(String format, int percent) {
    int at = percent + 1;
    if (format.startsWith("{", at)) {
      at = format.indexOf('}', at) + 1;
      if (at == 0) {
        throw new IllegalArgumentException("has %{ without }");
      }
    } else if (format.startsWith(">", at) || format.startsWith("<", at)) {
      at++;
    }
    if (at == format.length()) {
      throw new IllegalArgumentException("ends within a directive");
    }
    return at + 1;
  }

  private static void flush(StringBuilder literal, List<Part> parts) {
    if (!literal.isEmpty()) {
      parts.add(new Literal(literal.toString()));
      literal.setLength(0);
    }
  }

  private static Directive directive(String name) {
    return switch (name.startsWith("{") ? name.toLowerCase(java.util.Locale.ROOT) : name) {
      case "h", "a" -> Directive.ADDRESS;
      case "{remote}p" -> Directive.PORT;
      case "l", "u" -> Directive.NOBODY;
      case "t" -> Directive.TIME;
      case "r" -> Directive.REQUEST_LINE;
      case "m" -> Directive.METHOD;
      case "U" -> Directive.PATH;
      case "q" -> Directive.QUERY;
      case "H" -> Directive.VERSION;
      case "s", ">s", "<s" -> Directive.STATUS;
      case "b" -> Directive.BODY_BYTES_OR_DASH;
      case "B" -> Directive.BODY_BYTES;
      case "D" -> Directive.MICROSECONDS;
      case "T" -> Directive.SECONDS;
      case "v", "V", "{host}i" -> Directive.HOST;
      case "{referer}i" -> Directive.REFERER;
      case "{user-agent}i" -> Directive.USER_AGENT;
      case "{rule}x" -> Directive.RULE;
      case "{cache}x" -> Directive.CACHE;
      case "{backend}x" -> Directive.BACKEND;
      case "{request_id}x", "{x-request-id}i" -> Directive.REQUEST_ID;
      default -> throw new IllegalArgumentException("has the unknown directive %" + name);
    };
  }
}
