package net.khttpd.listing;

import java.time.Instant;
import java.util.List;
import net.khttpd.http.PathText;

/// A listing for programs (RFC 8259).
public final class ListingJson {
  private ListingJson() {}

  /// @param directory its canonical path, with its final slash
  /// @param more whether the directory holds more than was looked at
  public static String of(byte[] directory, List<Item> items, boolean more) {
    var out = new StringBuilder(64 + items.size() * 128);
    out.append("{\"path\":").append(Escaped.json(PathText.decodeUtf8(directory)));
    out.append(",\"truncated\":").append(more).append(",\"entries\":[");
    boolean first = true;
    for (Item item : items.stream().sorted(Item.ORDER).toList()) {
      out.append(first ? "\n" : ",\n");
      first = false;
      out.append("{\"name\":").append(Escaped.json(PathText.decodeUtf8(item.name())));
      out.append(",\"type\":\"").append(item.folder() ? "directory" : "file");
      out.append("\",\"href\":").append(Escaped.json(item.reference()));
      if (!item.folder()) {
        out.append(",\"size\":").append(item.size());
      }
      out.append(",\"modified\":\"").append(Instant.ofEpochSecond(item.modifiedSeconds()));
      out.append("\"}");
    }
    return out.append("\n]}\n").toString();
  }
}
