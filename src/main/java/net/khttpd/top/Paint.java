package net.khttpd.top;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What the terminal can show. Only the sixteen colours that a terminal's own theme defines, and
/// only those that can be read on light and on dark.
///
/// @param colours not where NO_COLOR asks for none (no-color.org)
/// @param blocks whether block characters and µ can be written
record Paint(boolean colours, boolean blocks) {
  /// The looks of a text, by what it means.
  enum Style {
    NORMAL(""),
    STRONG("1"),
    /// What only explains.
    FAINT("2"),
    SERVED("32"),
    PASSED_ON("36"),
    REFUSED("31"),
    HEADING("1;4");

    private final String codes;

    Style(String codes) {
      this.codes = codes;
    }
  }

  private static final String EIGHTHS = " ▏▎▍▌▋▊▉";
  private static final String HEIGHTS = "▁▂▃▄▅▆▇█";
  private static final String ESCAPE = "\033[";

  static Paint of(Map<String, String> environment, Charset charset) {
    String none = environment.getOrDefault("NO_COLOR", "");
    return new Paint(none.isEmpty(), charset.equals(StandardCharsets.UTF_8));
  }

  /// The text in this style.
  String in(Style style, String text) {
    String shown = blocks ? text : text.replace('µ', 'u');
    if (!colours || style.codes.isEmpty() || shown.isBlank()) {
      return shown;
    }
    return ESCAPE + style.codes + "m" + shown + ESCAPE + "0m";
  }

  /// A bar of so many columns, filled to `share` (0 to 1); what is not nothing shows.
  String bar(double share, int columns) {
    double filled = Math.clamp(share, 0, 1) * columns;
    if (!blocks) {
      int whole = share > 0 ? Math.max(1, (int) Math.round(filled)) : 0;
      return "#".repeat(whole) + " ".repeat(columns - whole);
    }
    int eighths = share > 0 ? Math.max(1, (int) Math.round(filled * 8)) : 0;
    String bar = "█".repeat(eighths / 8);
    bar += eighths % 8 == 0 ? "" : EIGHTHS.charAt(eighths % 8);
    return bar + " ".repeat(columns - bar.length());
  }

  /// One column of a history, as high as `share` (0 to 1).
  String column(double share) {
    if (!blocks) {
      return share > 0 ? (share > 0.5 ? "|" : ".") : " ";
    }
    int height = (int) Math.round(Math.clamp(share, 0, 1) * (HEIGHTS.length() - 1));
    return share > 0 ? String.valueOf(HEIGHTS.charAt(height)) : " ";
  }
}
