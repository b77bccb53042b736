package net.khttpd.decide;

import java.util.regex.Pattern;
import net.khttpd.http.RequestHead;

/// Whether the expression of `query` matches the whole query of one request. Pure.
///
/// A client chooses the text, and an innocent expression such as `(a|b)*` or `(v=\d+&?)+` may need
/// exponential time or a deep stack for it. So the expression may look at [#LOOKS] octets, each
/// counted as often as it is looked at; beyond that, or when the stack is used up, it does not
/// match, and the request takes the slow path like any query that is not known to be harmless.
final class QueryMatch implements CharSequence {
  /// Some ten looks at each octet of the longest usual target; at most a millisecond.
  private static final int LOOKS = 100_000;

  private final RequestHead head;
  private final int from;
  private final int to;
  private int looks;

  private QueryMatch(RequestHead head, int from, int to) {
    this.head = head;
    this.from = from;
    this.to = to;
  }

  static boolean matches(Pattern pattern, RequestHead head) {
    try {
      var query = new QueryMatch(head, head.queryStart(), head.queryEnd());
      return pattern.matcher(query).matches();
    } catch (Exhausted | StackOverflowError tooHard) {
      return false;
    }
  }

  @Override
  public int length() {
    return to - from;
  }

  @Override
  public char charAt(int index) {
    if (++looks > LOOKS) {
      throw new Exhausted();
    }
    return (char) head.octet(from + index);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return new QueryMatch(head, from + start, from + end);
  }

  @Override
  public String toString() {
    return new StringBuilder(length()).append(this, 0, length()).toString();
  }

  /// Control flow through `java.util.regex`; never leaves this class.
  private static final class Exhausted extends RuntimeException {
    private static final long serialVersionUID = 1;

    Exhausted() {
      super(null, null, false, false);
    }
  }
}
