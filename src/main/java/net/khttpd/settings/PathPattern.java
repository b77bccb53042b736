package net.khttpd.settings;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// A pattern of URL paths: `*` stands for any characters but a slash, `**` for any, `/**/` for any
/// directories or none, `?` for one character but a slash; everything else for itself, case
/// counting. One that begins with a slash is matched against the whole path, one without a slash
/// against its last segment. Immutable; cold.
///
/// Matching follows all possibilities at once, so it takes time in proportion to the lengths of
/// pattern and path, multiplied.
public final class PathPattern {
  private static final int ONE = -1;
  private static final int STAR = -2;
  private static final int DEEP = -3;
  private static final int DIRECTORIES = -4;

  private final String text;

  /// Characters, and the negative constants above.
  private final int[] parts;

  private PathPattern(String text, int[] parts) {
    this.text = text;
    this.parts = parts;
  }

  /// Reads a pattern; blanks cannot stand in one (`?` matches them).
  static PathPattern read(String text) throws BadValueException {
    boolean name = text.indexOf('/') < 0;
    if (text.isEmpty() || text.indexOf(' ') >= 0 || !(name || text.startsWith("/"))) {
      throw new BadValueException(
          "has no pattern of paths: it begins with a slash, as /assets/**, or is one for names, as"
              + " *.html");
    }
    return new PathPattern(text, parts(name ? "/**/" + text : text));
  }

  private static int[] parts(String text) {
    List<Integer> parts = new ArrayList<>();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (text.startsWith("/**/", i)) {
        parts.add((int) '/');
        parts.add(DIRECTORIES);
        i += 2; // its last slash may begin another
        while (text.startsWith("/**/", i + 1)) {
          i += 3;
        }
        i++;
      } else if (c == '*') {
        boolean deep = text.startsWith("**", i);
        while (text.startsWith("*", i + 1)) {
          i++;
        }
        parts.add(deep ? DEEP : STAR);
      } else {
        parts.add(c == '?' ? ONE : c);
      }
    }
    return parts.stream().mapToInt(Integer::intValue).toArray();
  }

  /// As it was written.
  public String text() {
    return text;
  }

  /// Whether a decoded path, which begins with a slash, matches.
  public boolean matches(String path) {
    var states = new BitSet(parts.length + 1);
    enter(states, 0);
    for (int i = 0; i < path.length() && !states.isEmpty(); i++) {
      states = step(states, path.charAt(i));
    }
    return states.get(parts.length);
  }

  private BitSet step(BitSet states, char c) {
    var next = new BitSet(parts.length + 1);
    for (int at = states.nextSetBit(0); at >= 0; at = states.nextSetBit(at + 1)) {
      int part = at == parts.length ? 0 : parts[at];
      switch (part) {
        case ONE -> {
          if (c != '/') {
            enter(next, at + 1);
          }
        }
        case STAR -> {
          if (c != '/') {
            enter(next, at);
          }
        }
        case DEEP -> enter(next, at);
        case DIRECTORIES -> {
          next.set(at); // within a directory's name: its end is the only way out
          if (c == '/') {
            enter(next, at + 1);
          }
        }
        default -> {
          if (part == c) {
            enter(next, at + 1);
          }
        }
      }
    }
    return next;
  }

  /// A state, and those that can be reached from it without a character.
  private void enter(BitSet states, int at) {
    int state = at;
    states.set(state);
    while (state < parts.length && (parts[state] == STAR || parts[state] == DEEP)) {
      states.set(++state);
    }
    if (state < parts.length && parts[state] == DIRECTORIES) {
      enter(states, state + 1); // none; recursion is as deep as there are such parts in a row: one
    }
  }

  @Override
  public boolean equals(@org.jspecify.annotations.Nullable Object other) {
    return other instanceof PathPattern that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
