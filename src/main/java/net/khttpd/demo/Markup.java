package net.khttpd.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Writes what the backend says as HTML and JSON. Everything a client sent is escaped here and only
/// here.
final class Markup {
  private Markup() {}

  /// The frame of the backend's pages, with the site's own header and style sheet.
  static String frame() throws IOException {
    try (InputStream in = Markup.class.getResourceAsStream("answer.html")) {
      if (in == null) {
        throw new IOException("the program lacks its own file answer.html; build it again");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// A page: `title` is text, `body` is HTML.
  static String page(String frame, String title, String body) {
    return frame.replace("{{title}}", html(title)).replace("{{body}}", body);
  }

  static String html(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /// Rows of names and values as a description list.
  static String list(Map<String, String> rows) {
    StringBuilder out = new StringBuilder("<dl class=\"facts\">");
    rows.forEach((name, value) ->
        out.append("<div><dt>")
            .append(html(name))
            .append("</dt><dd>")
            .append(html(value))
            .append("</dd></div>"));
    return out.append("</dl>").toString();
  }

  /// An object of strings; values that are numbers are written as such.
  static String json(Map<String, ?> members) {
    StringBuilder out = new StringBuilder("{");
    members.forEach((name, value) ->
        out.append(out.length() == 1 ? "" : ",")
            .append(json(name))
            .append(':')
            .append(
                switch (value) {
                  case Number number -> number.toString();
                  case Raw raw -> raw.text();
                  default -> json(value.toString());
                }));
    return out.append('}').toString();
  }

  /// JSON that is written already.
  record Raw(String text) {}

  /// A string in quotes (RFC 8259 section 7).
  static String json(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || c == 0x7f || c == '<') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
