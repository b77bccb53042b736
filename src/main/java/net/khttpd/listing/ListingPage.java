package net.khttpd.listing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import net.khttpd.http.PathText;

/// A listing for people: one page, complete in itself, readable without its script, which only lets
/// its columns be sorted.
public final class ListingPage {
  private static final String STYLE = resource("listing.css");
  private static final String SCRIPT = resource("listing.js");

  /// The value of Content-Security-Policy: nothing but this page's own style and script.
  public static final String SECURITY_POLICY =
      "default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
          .formatted(hash(STYLE), hash(SCRIPT));

  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final String PARENT =
      "<tbody><tr><td colspan=\"3\"><a class=\"up\" href=\"../\">Parent directory</a></td></tr></tbody>\n";

  private ListingPage() {}

  /// @param directory its canonical path, with its final slash
  /// @param more whether the directory holds more than was looked at
  public static String of(byte[] directory, List<Item> items, boolean more) {
    String path = PathText.decodeUtf8(directory);
    var out = new StringBuilder(4096 + items.size() * 256);
    out.append(head(path, sum(items, more)));
    out.append(directory.length > 1 ? PARENT : "");
    out.append("<tbody class=\"items\">\n");
    items.stream().sorted(Item.ORDER).forEach(item -> row(item, out));
    out.append("</tbody>\n</table>\n");
    if (more) {
      out.append("<p class=\"note\">There is more in this directory than is shown here.</p>\n");
    } else if (items.isEmpty()) {
      out.append("<p class=\"note\">There is nothing here to show.</p>\n");
    }
    return out.append("</main>\n<script>")
        .append(SCRIPT)
        .append("</script>\n</body>\n</html>\n")
        .toString();
  }

  private static String head(String path, String sum) {
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Index of %s</title>
    <style>%s</style>
    </head>
    <body>
    <header>
    <h1>%s</h1>
    <p>%s</p>
    </header>
    <main>
    <table>
    <thead><tr><th scope="col" aria-sort="ascending">Name</th><th scope="col">Size</th>\
    <th scope="col">Modified</th></tr></thead>
    """
        .formatted(Escaped.html(path), STYLE, crumbs(path), Escaped.html(sum));
  }

  /// The path with a link to each directory on the way, relative to the last.
  private static String crumbs(String path) {
    String[] names = path.substring(1).split("/");
    int depth = path.length() == 1 ? 0 : names.length;
    var out = new StringBuilder();
    crumb(depth, "/", out);
    for (int i = 0; i < depth; i++) {
      crumb(depth - 1 - i, names[i] + "/", out);
    }
    return out.toString();
  }

  private static void crumb(int up, String name, StringBuilder out) {
    out.append("<a href=\"").append(up == 0 ? "./" : "../".repeat(up)).append("\"><bdi>");
    out.append(Escaped.html(name)).append("</bdi></a>");
  }

  private static void row(Item item, StringBuilder out) {
    out.append("<tr><td><a class=\"").append(item.folder() ? "folder" : "file");
    out.append("\" href=\"").append(Escaped.html(item.reference())).append("\"><bdi>");
    out.append(Escaped.html(item.text())).append("</bdi></a></td>");
    if (item.folder()) {
      out.append("<td data-value=\"-1\"></td>");
    } else {
      out.append("<td data-value=\"").append(item.size()).append("\" title=\"");
      out.append(item.size()).append(" bytes\">").append(size(item.size())).append("</td>");
    }
    Instant modified = Instant.ofEpochSecond(item.modifiedSeconds());
    out.append("<td data-value=\"").append(item.modifiedSeconds());
    out.append("\"><time datetime=\"").append(modified).append("\">");
    out.append(MINUTE.format(modified)).append("</time></td></tr>\n");
  }

  private static String sum(List<Item> items, boolean more) {
    long folders = items.stream().filter(Item::folder).count();
    long files = items.size() - folders;
    long bytes = items.stream().filter(item -> !item.folder()).mapToLong(Item::size).sum();
    return "%s%s, %s, %s"
        .formatted(
            more ? "at least " : "",
            count(folders, "directory", "directories"),
            count(files, "file", "files"),
            size(bytes));
  }

  private static String count(long number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }

  static String size(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    while (value >= 1024 && unit < 4) {
      value /= 1024;
      unit++;
    }
    String number = String.format(Locale.ROOT, "%.1f", value);
    return (value < 10 ? number : Long.toString(Math.round(value)))
        + " "
        + "KMGTP".charAt(unit)
        + "iB";
  }

  private static String hash(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = ListingPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks its own file " + name);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
