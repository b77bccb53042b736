package net.khttpd.top;

import net.khttpd.top.Paint.Style;

/// One line of the view, which knows how many columns it takes and never takes more than it may.
final class Line {
  private final Paint paint;
  private final int most;
  private final StringBuilder text = new StringBuilder();
  private int columns;

  Line(Paint paint, int most) {
    this.paint = paint;
    this.most = most;
  }

  Line put(Style style, String part) {
    String shown = part.length() > most - columns ? part.substring(0, most - columns) : part;
    text.append(paint.in(style, shown));
    columns += shown.length();
    return this;
  }

  Line put(String part) {
    return put(Style.NORMAL, part);
  }

  /// Right-aligned in so many columns.
  Line right(Style style, String part, int width) {
    return put(" ".repeat(Math.max(0, width - part.length()))).put(style, part);
  }

  /// Left-aligned in so many columns.
  Line left(Style style, String part, int width) {
    String shown = part.length() > width ? part.substring(0, width) : part;
    return put(style, shown).put(" ".repeat(width - shown.length()));
  }

  /// Blanks up to a column.
  Line to(int column) {
    return put(" ".repeat(Math.max(0, column - columns)));
  }

  Line bar(Style style, double share, int width) {
    int room = Math.min(width, most - columns);
    return room > 0 ? put(style, paint.bar(share, room)) : this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
