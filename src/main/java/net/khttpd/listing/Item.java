package net.khttpd.listing;

import java.time.Instant;
import java.util.Comparator;
import net.khttpd.http.PathText;

/// One line of a listing.
///
/// @param name as the file system has it; not to be written to
/// @param folder a directory
/// @param size in bytes; of a directory it means nothing
/// @param modifiedSeconds since the epoch
@SuppressWarnings("ArrayRecordComponent") // never written to, and never compared as a record
public record Item(byte[] name, boolean folder, long size, long modifiedSeconds) {
  public Item {
    long first = Instant.MIN.getEpochSecond(); // file systems know more years than Java
    modifiedSeconds = Math.clamp(modifiedSeconds, first, Instant.MAX.getEpochSecond());
  }

  /// Directories first, then by name, capitals no matter.
  static final Comparator<Item> ORDER =
      Comparator.comparing((Item item) -> !item.folder)
          .thenComparing(Item::text, String.CASE_INSENSITIVE_ORDER)
          .thenComparing(Item::text);

  /// The name as text, with a slash behind that of a directory.
  String text() {
    return PathText.decodeUtf8(name) + (folder ? "/" : "");
  }

  /// A relative reference that begins with `./`: no name is taken for a scheme or a host.
  String reference() {
    return "./" + PathText.encode(name) + (folder ? "/" : "");
  }
}
